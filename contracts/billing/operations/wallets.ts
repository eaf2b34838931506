import { Type } from '@sinclair/typebox';
import { operation } from '../../lib/operation.ts';
import { uuid } from '../../lib/schema.ts';
import { byId, reads, writes } from '../../workspace/operations/common.ts';
import { cursorQuery, dataOf, listOf } from '../schemas/money.ts';
import {
  CaptureInput,
  CreditInput,
  DebitInput,
  Hold,
  HoldInput,
  LedgerEntry,
  moved,
  ReleaseInput,
  TransferInput,
  Wallet,
  WalletCreate,
} from '../schemas/wallet.ts';

const tag = 'Wallets';
const at = (end: string) => `/billing/v1/wallets${end}`;
const one = byId('wallet');
const oneHold = Type.Object({ id: uuid('Id of the wallet'), hold_id: uuid('Id of the hold') });
const money = {
  method: 'post',
  tag,
  access: writes('wallets'),
  errors: [400, 404, 409],
  demandsKey: true,
} as const;
const keyed = 'Demands an Idempotency-Key, so that a repeated request moves money once.';

export const walletsList = operation({
  id: 'wallets_list',
  method: 'get',
  path: at(''),
  tag,
  summary: 'List wallets',
  description: 'Newest first. Every filter given must hold.',
  access: reads('wallets'),
  query: Type.Object({
    ...cursorQuery,
    customer_id: Type.Optional(uuid('Wallets of this customer')),
    currency: Type.Optional(
      Type.Array(Type.String(), { description: 'Any of these; repeated or separated by commas' }),
    ),
    is_primary: Type.Optional(Type.Boolean({ description: 'Primary ones, or the others' })),
    auto_topup_enabled: Type.Optional(
      Type.Boolean({ description: 'Those that fill themselves, or the others' }),
    ),
    created_after: Type.Optional(
      Type.String({ description: 'Made at this time or later', 'x-time': true }),
    ),
    created_before: Type.Optional(
      Type.String({ description: 'Made before this time', 'x-time': true }),
    ),
  }),
  success: { status: 200, description: 'A page of wallets', schema: listOf(Wallet) },
  errors: [400],
});

export const walletsCreate = operation({
  id: 'wallets_create',
  method: 'post',
  path: at(''),
  tag,
  summary: 'Add a wallet of another currency',
  access: writes('wallets'),
  body: WalletCreate,
  success: { status: 201, description: 'The wallet', schema: dataOf(Wallet) },
  errors: [400, 404, 409],
});

export const walletsGet = operation({
  id: 'wallets_get',
  method: 'get',
  path: at('/{id}'),
  tag,
  summary: 'Get a wallet',
  access: reads('wallets'),
  params: one,
  success: { status: 200, description: 'The wallet', schema: dataOf(Wallet) },
  errors: [400, 404],
});

export const walletsTransactions = operation({
  id: 'wallets_transactions',
  method: 'get',
  path: at('/{id}/transactions'),
  tag,
  summary: 'List what happened to a wallet',
  description: 'Newest first.',
  access: reads('wallets'),
  params: one,
  query: Type.Object(cursorQuery),
  success: { status: 200, description: 'A page of the ledger', schema: listOf(LedgerEntry) },
  errors: [400, 404],
});

export const walletsCredit = operation({
  ...money,
  id: 'wallets_credit',
  path: at('/{id}/credit'),
  summary: 'Put money into a wallet',
  description: keyed,
  params: one,
  body: CreditInput,
  success: { status: 201, description: 'The credit', schema: dataOf(moved('Credit')) },
});

export const walletsDebit = operation({
  ...money,
  id: 'wallets_debit',
  path: at('/{id}/debit'),
  summary: 'Spend money of a wallet',
  description: `Promotional money goes first. ${keyed}`,
  params: one,
  body: DebitInput,
  success: { status: 201, description: 'The debit', schema: dataOf(moved('Debit')) },
});

export const walletsHold = operation({
  ...money,
  id: 'wallets_hold',
  path: at('/{id}/holds'),
  summary: 'Keep money of a wallet ready',
  description: keyed,
  params: one,
  body: HoldInput,
  success: {
    status: 201,
    description: 'The hold',
    schema: dataOf(moved('HoldMade', { hold: Hold })),
  },
});

export const holdsCapture = operation({
  ...money,
  id: 'holds_capture',
  path: at('/{id}/holds/{hold_id}/capture'),
  summary: 'Spend what a hold keeps ready',
  description: `What is not spent is released. ${keyed}`,
  params: oneHold,
  body: CaptureInput,
  success: {
    status: 200,
    description: 'The hold',
    schema: dataOf(moved('HoldCaptured', { hold: Hold })),
  },
});

export const holdsRelease = operation({
  ...money,
  id: 'holds_release',
  path: at('/{id}/holds/{hold_id}/release'),
  summary: 'Let go of what a hold keeps ready',
  description: keyed,
  params: oneHold,
  body: ReleaseInput,
  success: {
    status: 200,
    description: 'The hold',
    schema: dataOf(moved('HoldReleased', { hold: Hold })),
  },
});

export const walletsTransfer = operation({
  ...money,
  id: 'wallets_transfer',
  path: at('/{id}/transfer'),
  summary: 'Move cash to another wallet of the same currency',
  description: keyed,
  params: one,
  body: TransferInput,
  success: {
    status: 201,
    description: 'The transfer',
    schema: dataOf(moved('Transfer', { to_transaction: LedgerEntry, to_wallet: Wallet })),
  },
});
