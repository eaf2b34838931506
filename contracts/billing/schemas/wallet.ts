import { Type } from '@sinclair/typebox';
import { nullable, time, uuid, words } from '../../lib/schema.ts';
import { identifier } from '../../workspace/schemas/stored.ts';
import { BillingMode } from './customer.ts';
import { amountInput, Money, optionalAmount, optionalMoney } from './money.ts';

export const Wallet = Type.Object(
  {
    id: identifier('Unique id'),
    organization_id: identifier('The workspace this belongs to'),
    customer_id: identifier('Whose wallet it is'),
    currency: Type.String({ description: 'ISO 4217 code' }),
    mode: BillingMode,
    is_primary: Type.Boolean({ description: 'Whether it is the one made with the customer' }),
    cash_balance: Money,
    promotional_balance: Money,
    promotional_balance_expires_at: nullable(time('When the promotional balance ends')),
    held_balance: Money,
    available_balance: Money,
    credit_limit: optionalMoney('How far cash may go below zero when postpaid; null: any'),
    max_balance: optionalMoney('Highest balance; null: any'),
    max_single_credit: optionalMoney('Highest single credit; null: any'),
    low_balance_threshold: optionalMoney('Below it the wallet is low'),
    auto_topup_enabled: Type.Boolean({ description: 'Whether it fills itself when low' }),
    auto_topup_amount: optionalMoney('What it is filled by'),
    created_at: time('When it was made'),
    updated_at: time('When it last changed'),
  },
  { title: 'Wallet', description: 'Money of a customer in one currency' },
);

export const WalletCreate = Type.Object(
  {
    customer_id: uuid('Whose wallet it is'),
    currency: Type.String({ description: 'ISO 4217 code', 'x-currency': true, examples: ['EUR'] }),
    credit_limit: optionalAmount('How far cash may go below zero when postpaid'),
    max_balance: optionalAmount('Highest balance'),
    max_single_credit: optionalAmount('Highest single credit'),
    low_balance_threshold: optionalAmount('Below it the wallet is low'),
    auto_topup_enabled: Type.Optional(
      Type.Boolean({ description: 'Whether it fills itself when low' }),
    ),
    auto_topup_amount: optionalAmount('What it is filled by'),
  },
  { title: 'WalletCreate', description: 'A further wallet, of another currency' },
);

const note = (description: string) =>
  Type.Optional(nullable(Type.String({ description, maxLength: 500, 'x-blank-null': true })));
const reason = note('Why, in words of your own');
const reference = note('What it is about in your own system');
const expires = Type.Optional(
  nullable(
    Type.String({ description: 'When it ends by itself', format: 'date-time', 'x-time': true }),
  ),
);

export const CreditInput = Type.Object(
  {
    amount: amountInput('How much; more than zero'),
    balance: Type.Optional(
      words(['cash', 'promotional'], { description: 'Which balance gains it; cash unless given' }),
    ),
    expires_at: expires,
    reason,
    reference,
  },
  { title: 'CreditInput', description: 'Money that a wallet gains' },
);
export const DebitInput = Type.Object(
  { amount: amountInput('How much; more than zero'), reason, reference },
  { title: 'DebitInput', description: 'Money that a wallet spends' },
);
export const HoldInput = Type.Object(
  { amount: amountInput('How much; more than zero'), expires_at: expires, reference },
  { title: 'HoldInput', description: 'Money to be kept ready' },
);
export const CaptureInput = Type.Object(
  { amount: Type.Optional(amountInput('How much of it; all, unless given')) },
  { title: 'CaptureInput', description: 'How much of a hold is spent; the rest is released' },
);
export const ReleaseInput = Type.Object({}, { title: 'ReleaseInput', description: 'Nothing more' });
export const TransferInput = Type.Object(
  {
    to_wallet_id: uuid('The wallet that gains it, of the same currency'),
    amount: amountInput('How much; more than zero'),
    reason,
  },
  { title: 'TransferInput', description: 'Cash that goes from one wallet to another' },
);

export const LedgerEntry = Type.Object(
  {
    id: identifier('Unique id'),
    wallet_id: identifier('The wallet'),
    sequence: Type.Integer({ description: 'Place in the ledger of the wallet, from 1' }),
    kind: Type.String({ description: 'What happened: credit, debit, hold, capture…' }),
    cash: Money,
    promotional: Money,
    held: Money,
    counter_account: Type.String({ description: 'The account on the other side' }),
    cash_balance: Money,
    promotional_balance: Money,
    held_balance: Money,
    related_id: nullable(identifier('The hold or the other entry it belongs to')),
    reason: nullable(Type.String({ description: 'Why' })),
    reference: nullable(Type.String({ description: 'What it is about' })),
    created_at: time('When it happened'),
  },
  { title: 'LedgerEntry', description: 'Something that happened to a wallet; never changes' },
);

export const Hold = Type.Object(
  {
    id: identifier('Unique id'),
    wallet_id: identifier('The wallet'),
    amount: Money,
    captured: optionalMoney('How much of it was spent'),
    status: words(['PENDING', 'CAPTURED', 'RELEASED', 'EXPIRED'], {
      title: 'HoldStatus',
      description: 'What became of it',
    }),
    reference: nullable(Type.String({ description: 'What it is about' })),
    expires_at: nullable(time('When it ends by itself')),
    created_at: time('When it was made'),
  },
  { title: 'Hold', description: 'Money that is kept ready and cannot be spent otherwise' },
);

/** What a money operation did, and how the wallet stands after it. */
export const moved = (title: string, more: object = {}) =>
  Type.Object(
    { transaction: LedgerEntry, wallet: Wallet, ...more },
    { title, description: 'What was done, and the wallet after it' },
  );
