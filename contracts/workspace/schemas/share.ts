import { Type } from '@sinclair/typebox';
import { blankNull, defaulted, nullable, time, words } from '../../lib/schema.ts';
import { PresentmentCurrency, text } from './currency.ts';
import { pageOf } from './page.ts';
import { identifier, stored, whole } from './stored.ts';

export const ShareVisibility = words(['draft', 'private', 'public'], {
  title: 'ShareVisibility',
  description: 'Who sees it; only what is public stands on the page of the workspace',
});

export const SharePriceSource = words(['catalog', 'ad_hoc'], {
  title: 'SharePriceSource',
  description: 'Whether it is a price for everybody or one made for an occasion',
});

export const SharePriceType = words(['fixed', 'custom', 'free'], {
  title: 'SharePriceType',
  description: 'A set amount, one that the buyer chooses, or none',
});

const price = {
  ...stored,
  source: SharePriceSource,
  price_currency: PresentmentCurrency,
  is_archived: Type.Boolean({ description: 'Whether it is offered no more' }),
  share_id: identifier('The share it is a price of'),
};
const amountType = <T extends string>(type: T) =>
  Type.Unsafe<T>({ type: 'string', const: type, description: 'Kind of price' });

export const SharePriceFixed = Type.Object(
  {
    ...price,
    amount_type: amountType('fixed'),
    price_amount: whole('Amount in minor units'),
  },
  { title: 'SharePriceFixed', description: 'A set amount' },
);

export const SharePriceCustom = Type.Object(
  {
    ...price,
    amount_type: amountType('custom'),
    minimum_amount: whole('Least amount in minor units'),
    maximum_amount: nullable(whole('Most amount in minor units')),
    preset_amount: nullable(whole('Amount in minor units that is proposed')),
  },
  { title: 'SharePriceCustom', description: 'An amount that the buyer chooses' },
);

export const SharePriceFree = Type.Object(
  { ...price, amount_type: amountType('free') },
  { title: 'SharePriceFree', description: 'Costs nothing' },
);

export const SharePrice = Type.Union([SharePriceFixed, SharePriceCustom, SharePriceFree]);

const optionalText = (description: string) => nullable(text(description));

export const ShareMedia = Type.Object(
  {
    id: identifier('Unique id'),
    workspace_id: identifier('The workspace this belongs to'),
    name: text('Name of the file'),
    path: text('Where it is kept'),
    mime_type: text('Media type'),
    size: whole('Size in bytes'),
    storage_version: optionalText('Version in its store'),
    checksum_etag: optionalText('Entity tag in its store'),
    checksum_sha256_base64: optionalText('SHA-256 of its content, base64'),
    checksum_sha256_hex: optionalText('SHA-256 of its content, hexadecimal'),
    last_modified_at: nullable(time('When its content last changed')),
    size_readable: text('Size for people'),
    version: optionalText('Version'),
    service: Type.Unsafe<'product_media'>({
      type: 'string',
      const: 'product_media',
      description: 'What the file is for',
    }),
    is_uploaded: Type.Boolean({ description: 'Whether its content has arrived' }),
    created_at: time('When it was made'),
    public_url: text('Where everybody can read it'),
  },
  { title: 'ShareMediaFileRead', description: 'A file that pictures a share' },
);

export const Share = Type.Object(
  {
    ...stored,
    name: text('Name'),
    description: nullable(text('Description')),
    visibility: ShareVisibility,
    is_archived: Type.Boolean({ description: 'Whether it is offered no more' }),
    workspace_id: identifier('The workspace this belongs to'),
    prices: Type.Array(SharePrice, { description: 'Prices on offer, oldest first' }),
    medias: Type.Array(ShareMedia, { description: 'Pictures in their order' }),
  },
  { title: 'CustomerProduct', description: 'Something the workspace offers' },
);

export const SharePage = pageOf(Share);

const amountInput = (description: string) =>
  Type.Optional(
    nullable(Type.Integer({ description, minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  );

export const SharePriceInput = Type.Object(
  {
    source: defaulted(SharePriceSource, 'catalog'),
    amount_type: SharePriceType,
    price_currency: defaulted(PresentmentCurrency, 'usd'),
    price_amount: amountInput('Amount in minor units; a fixed price needs it'),
    minimum_amount: amountInput('Least amount of a custom price; 2000 unless given'),
    maximum_amount: amountInput('Most amount of a custom price'),
    preset_amount: amountInput('Amount of a custom price that is proposed'),
  },
  { title: 'SharePriceInput', description: 'A price; amounts of other kinds of price are ignored' },
);

const shortText = (description: string, maxLength = 255) =>
  Type.Optional(nullable(blankNull({ description, maxLength })));

export const ShareMediaInput = Type.Object(
  {
    name: Type.String({
      description: 'Name of the file',
      minLength: 1,
      maxLength: 256,
      'x-trim': true,
    }),
    mime_type: Type.String({
      description: 'Media type',
      maxLength: 255,
      pattern: '^[\\w.+-]+/[\\w.+-]+$',
      examples: ['image/png'],
    }),
    size: Type.Integer({
      description: 'Size in bytes',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
    }),
    public_url: Type.String({
      description: 'Where everybody can read it (http or https)',
      maxLength: 2083,
      minLength: 1,
      format: 'uri',
      'x-url': true,
      examples: ['https://files.example.com/picture.png'],
    }),
    path: shortText('Where it is kept; that of its address unless given', 2083),
    checksum_sha256_hex: Type.Optional(
      nullable(
        Type.String({
          description: 'SHA-256 of its content',
          pattern: '^[0-9a-f]{64}$',
        }),
      ),
    ),
    checksum_etag: shortText('Entity tag in its store'),
    storage_version: shortText('Version in its store'),
    version: shortText('Version'),
    last_modified_at: Type.Optional(
      nullable(
        Type.String({
          description: 'When its content last changed',
          format: 'date-time',
          'x-time': true,
        }),
      ),
    ),
    is_uploaded: defaulted(Type.Boolean({ description: 'Whether its content has arrived' }), true),
  },
  { title: 'ShareMediaInput', description: 'A file that pictures a share' },
);

const nameInput = Type.String({
  description: 'Name',
  minLength: 1,
  maxLength: 256,
  'x-trim': true,
});
const descriptionInput = Type.Optional(
  nullable(blankNull({ description: 'Description; blank means none', maxLength: 10_000 })),
);
const pricesInput = (description: string) =>
  Type.Array(SharePriceInput, { description, maxItems: 50 });
const mediasInput = (description: string) =>
  Type.Array(ShareMediaInput, { description, maxItems: 50 });

export const ShareCreate = Type.Object(
  {
    name: nameInput,
    description: descriptionInput,
    visibility: defaulted(ShareVisibility, 'draft'),
    prices: defaulted(pricesInput('What it costs'), []),
    medias: defaulted(mediasInput('Pictures in their order'), []),
  },
  { title: 'ShareCreate', description: 'Something to offer' },
);

export const ShareUpdate = Type.Object(
  {
    name: Type.Optional(nullable(nameInput)),
    description: descriptionInput,
    visibility: Type.Optional(nullable(ShareVisibility)),
    is_archived: Type.Optional(nullable(Type.Boolean({ description: 'Takes it off offer' }))),
    prices: Type.Optional(
      nullable(
        pricesInput('All prices: one that is on offer stays, one that is not named is archived'),
      ),
    ),
    medias: Type.Optional(nullable(mediasInput('All pictures, in their order'))),
  },
  {
    title: 'ShareUpdate',
    description: 'What to change; what is absent or null stays, but a null description clears it',
  },
);
