import { DomainError } from '../../kernel/errors.ts';

/** The processor refused a method, or what was given names nothing it can use (§8.8). */
export const methodRefused = (reason: string | null) =>
  new DomainError(
    'PaymentMethodError',
    'bad_request',
    reason ?? 'The payment method cannot be used; try another',
  );

export const unknownMethod = () =>
  new DomainError('PaymentMethodError', 'not_found', 'Payment method not found');

export const notYourMethod = () =>
  new DomainError('NotPermitted', 'forbidden', 'This payment method is not yours to remove');

export const customerNotReady = () =>
  new DomainError('CustomerNotReady', 'bad_request', 'Add a payment method before confirming one');

export const providerUnavailable = (cause?: unknown) =>
  new DomainError(
    'PaymentProviderUnavailable',
    'bad_gateway',
    'The payment processor gave no answer; try again later',
    cause === undefined ? {} : { cause },
  );
