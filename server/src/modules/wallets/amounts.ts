import { type DomainError, type Issue, invalid } from '../../kernel/errors.ts';
import { readMoney } from '../../kernel/money.ts';

const issue = (field: string, message: string, input: string): Issue => ({
  in: 'body',
  path: [field],
  type: 'decimal_parsing',
  message,
  input,
});

/**
 * An amount of a wallet's currency in minor units. In: a decimal, its currency after a space where
 * one was named. Errors: 400 for another currency, digits it does not have, or below `least`.
 */
export function amountOf(
  field: string,
  text: string,
  currency: string,
  least: bigint = 1n,
): bigint {
  const refuse = (message: string): DomainError => invalid([issue(field, message, text)]);
  const [amount = '', named = currency] = text.split(' ');
  if (named !== currency) throw refuse(`Must be of ${currency}, as the wallet is`);
  const units = readMoney(amount, currency);
  if (units === 'digits') throw refuse(`${currency} does not have so many digits`);
  if (typeof units !== 'bigint') throw refuse('Is too large');
  if (units < least)
    throw refuse(least === 0n ? 'Must not be below zero' : 'Must be more than zero');
  return units;
}

/** An optional amount; null and absent are none. */
export const optionalAmountOf = (
  field: string,
  text: string | null | undefined,
  currency: string,
) => (text == null ? null : amountOf(field, text, currency, 0n));
