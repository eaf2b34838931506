import { Type } from '@sinclair/typebox';
import { blankNull, defaulted, nullable, time, uuid, words } from '../../lib/schema.ts';
import { PresentmentCurrency, text } from './currency.ts';
import { emailInput } from './member.ts';
import { pageOf, pageQuery } from './page.ts';
import { identifier, stored, whole } from './stored.ts';

const TEN_YEARS = 10 * 365 * 24 * 60 * 60;
const INT4 = 2 ** 31 - 1;

export const FileShareSessionStatus = words(
  ['created', 'active', 'completed', 'expired', 'destroyed', 'reported'],
  { title: 'FileShareSessionStatus', description: 'How far the sharing of a file has come' },
);

export const FileSharePaymentStatus = words(['pending', 'completed', 'refunded', 'failed'], {
  title: 'FileSharePaymentStatus',
  description: 'How far a payment has come',
});

export const FileShareSessionSortProperty = words(
  ['created_at', '-created_at', 'status', '-status', 'download_count', '-download_count'],
  {
    title: 'FileShareSessionSortProperty',
    description: 'A field to sort by; a minus sorts downwards',
  },
);

export const FileShareSession = Type.Object(
  {
    ...stored,
    short_slug: text('Short name in addresses'),
    long_slug: text('Name in addresses that cannot be guessed'),
    status: FileShareSessionStatus,
    max_downloads: whole('Downloads there may be; 0 for any number'),
    download_count: whole('Downloads so far'),
    price_cents: nullable(whole('Price in minor units; null where none is asked')),
    currency: text('Currency of the price'),
    title: nullable(text('Title')),
    file_name: nullable(text('Name of the file')),
    file_size_bytes: nullable(whole('Size of the file in bytes')),
    ttl_seconds: nullable(whole('Seconds it is open, from its activation')),
    expires_at: nullable(time('When it ends by itself')),
    activated_at: nullable(time('When it was activated')),
    completed_at: nullable(time('When it was completed')),
    user_id: nullable(identifier('Always null: no users are kept here')),
    workspace_id: nullable(identifier('The workspace this belongs to')),
    share_id: nullable(identifier('The share it is about')),
  },
  { title: 'FileShareSessionSchema', description: 'A file that is shared' },
);

export const FileShareSessionPage = pageOf(FileShareSession);

/** The query of a list of sessions. */
export const fileShareSessionsQuery = Type.Object({
  ...pageQuery,
  sorting: defaulted(
    Type.Array(FileShareSessionSortProperty, {
      description: 'Fields to sort by, the first counting most; repeat the parameter for more',
    }),
    ['-created_at'],
  ),
});

const slugInput = (description: string) =>
  Type.Optional(
    nullable(
      Type.String({
        description,
        minLength: 1,
        maxLength: 128,
        pattern: '^[A-Za-z0-9_-]+$',
      }),
    ),
  );
const textInput = (description: string) =>
  Type.Optional(nullable(blankNull({ description, maxLength: 512 })));
const wholeInput = (description: string, maximum = Number.MAX_SAFE_INTEGER, minimum = 0) =>
  Type.Optional(nullable(Type.Integer({ description, minimum, maximum })));

export const FileShareSessionCreate = Type.Object(
  {
    short_slug: slugInput('Short name in addresses, unique here; made up unless given'),
    long_slug: slugInput('Long name in addresses, unique here; made up unless given'),
    title: textInput('Title'),
    file_name: textInput('Name of the file'),
    file_size_bytes: wholeInput('Size of the file in bytes'),
    max_downloads: defaulted(
      Type.Integer({
        description: 'Downloads there may be; 0 for any number',
        minimum: 0,
        maximum: INT4,
      }),
      0,
    ),
    price_cents: wholeInput('Price in minor units'),
    currency: defaulted(PresentmentCurrency, 'usd'),
    ttl_seconds: wholeInput('Seconds it is open; counted again from its activation', TEN_YEARS, 1),
    share_id: Type.Optional(nullable(uuid('The share it is about'))),
  },
  { title: 'FileShareSessionCreate', description: 'A file to share' },
);

export const FileShareSessionUpdate = Type.Object(
  { status: Type.Optional(nullable(FileShareSessionStatus)) },
  { title: 'FileShareSessionUpdate', description: 'The new status; null leaves it' },
);

export const FileShareDownload = Type.Object(
  {
    ...stored,
    session_id: identifier('The session'),
    slot_number: whole('Which of its downloads this is, counted from 1'),
  },
  { title: 'FileShareDownloadSchema', description: 'One download of a shared file' },
);

export const FileShareDownloadCreate = Type.Object(
  {
    downloader_ip: Type.Optional(
      nullable(
        Type.String({
          description: 'Address of who downloads; kept as a keyed hash alone and never shown',
          maxLength: 64,
        }),
      ),
    ),
  },
  { title: 'FileShareDownloadCreate', description: 'A download that happens; `{}` is enough' },
);

export const FileSharePayment = Type.Object(
  {
    ...stored,
    session_id: identifier('The session'),
    status: FileSharePaymentStatus,
    amount_cents: whole('Amount in minor units'),
    currency: text('Currency'),
    platform_fee_cents: whole('Part of the amount that the platform keeps'),
    stripe_checkout_session_id: nullable(text('Checkout session at Stripe')),
    stripe_payment_intent_id: nullable(text('Payment intent at Stripe')),
    buyer_email: nullable(text('E-mail address of who paid')),
    buyer_name: nullable(text('Name of who paid')),
  },
  { title: 'FileSharePaymentSchema', description: 'A payment for a shared file' },
);

export const FileSharePaymentCreate = Type.Object(
  {
    status: defaulted(FileSharePaymentStatus, 'pending'),
    amount_cents: Type.Integer({
      description: 'Amount in minor units',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
    }),
    currency: Type.Optional(nullable(PresentmentCurrency)),
    platform_fee_cents: defaulted(
      Type.Integer({
        description: 'Part of the amount that the platform keeps',
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
      }),
      0,
    ),
    stripe_checkout_session_id: Type.Optional(
      nullable(blankNull({ description: 'Checkout session at Stripe', maxLength: 255 })),
    ),
    stripe_payment_intent_id: Type.Optional(
      nullable(blankNull({ description: 'Payment intent at Stripe', maxLength: 255 })),
    ),
    buyer_email: Type.Optional(nullable(emailInput)),
    buyer_name: Type.Optional(nullable(blankNull({ description: 'Who paid', maxLength: 256 }))),
    customer_id: Type.Optional(nullable(uuid('Who paid, where it is a customer'))),
  },
  {
    title: 'FileSharePaymentCreate',
    description: 'A payment to note; without a currency it is in that of its session',
  },
);

export const FileSharePaymentUpdate = Type.Object(
  { status: Type.Optional(nullable(FileSharePaymentStatus)) },
  { title: 'FileSharePaymentUpdate', description: 'The new status; null leaves it' },
);
