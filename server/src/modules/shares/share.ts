/** What a caller says of a price; amounts are in minor units. */
export interface PriceDraft {
  source: 'catalog' | 'ad_hoc';
  amount_type: 'fixed' | 'custom' | 'free';
  price_currency: PriceRow['price_currency'];
  price_amount?: number | null;
  minimum_amount?: number | null;
  maximum_amount?: number | null;
  preset_amount?: number | null;
}

type PresentmentCurrency =
  | 'aud'
  | 'brl'
  | 'cad'
  | 'chf'
  | 'eur'
  | 'inr'
  | 'gbp'
  | 'jpy'
  | 'sek'
  | 'usd';

/** A price as it is stored: only the amounts of its own kind are set. */
export interface PriceRow {
  workspace_id: string;
  id: string;
  share_id: string;
  position: number;
  source: 'catalog' | 'ad_hoc';
  amount_type: 'fixed' | 'custom' | 'free';
  price_currency: PresentmentCurrency;
  is_archived: boolean;
  price_amount: number | null;
  minimum_amount: number | null;
  maximum_amount: number | null;
  preset_amount: number | null;
  created_at: string;
  modified_at: string | null;
}

/** What a caller says of a picture. */
export interface MediaDraft {
  name: string;
  mime_type: string;
  /** In bytes. */
  size: number;
  public_url: string;
  path?: string | null;
  checksum_sha256_hex?: string | null;
  checksum_etag?: string | null;
  storage_version?: string | null;
  version?: string | null;
  last_modified_at?: string | null;
  is_uploaded: boolean;
}

/** A picture as it is stored. */
export interface MediaRow extends Required<MediaDraft> {
  workspace_id: string;
  id: string;
  share_id: string;
  position: number;
  path: string;
  created_at: string;
}

/** A share as it is stored, with its live prices and its pictures. */
export interface ShareRow {
  workspace_id: string;
  id: string;
  created_at: string;
  modified_at: string | null;
  name: string;
  description: string | null;
  visibility: 'draft' | 'private' | 'public';
  is_archived: boolean;
  prices: PriceRow[];
  medias: MediaRow[];
}

/** The least amount of a custom price that names none (workspace-and-portal.md §5.8). */
export const LEAST_CUSTOM = 2000;

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

function readable(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${Number(size.toFixed(1))} ${UNITS[unit]}`;
}

/** A time that came out of the database inside JSON, in the one form of ours. */
export const timeOf = (value: string): string => new Date(value).toISOString();
const orNull = (value: string | null) => (value === null ? null : timeOf(value));

function priceOf(p: PriceRow) {
  const { id, source, price_currency, is_archived, share_id } = p;
  const common = {
    id,
    created_at: timeOf(p.created_at),
    modified_at: orNull(p.modified_at),
    source,
    price_currency,
    is_archived,
    share_id,
  };
  switch (p.amount_type) {
    case 'free':
      return { ...common, amount_type: p.amount_type };
    case 'fixed':
      return { ...common, amount_type: p.amount_type, price_amount: p.price_amount as number };
    case 'custom': {
      const { maximum_amount, preset_amount } = p;
      const minimum_amount = p.minimum_amount ?? LEAST_CUSTOM;
      return {
        ...common,
        amount_type: p.amount_type,
        minimum_amount,
        maximum_amount,
        preset_amount,
      };
    }
  }
}

function mediaOf(m: MediaRow) {
  const { share_id: _share, position: _position, ...rest } = m;
  const hex = m.checksum_sha256_hex;
  return {
    ...rest,
    created_at: timeOf(m.created_at),
    last_modified_at: orNull(m.last_modified_at),
    checksum_sha256_base64: hex === null ? null : Buffer.from(hex, 'hex').toString('base64'),
    size_readable: readable(m.size),
    service: 'product_media' as const,
  };
}

/** A share as every surface shows it: a union of prices by kind, pictures with what follows from them. */
export function shareOf(row: ShareRow) {
  return {
    ...row,
    created_at: timeOf(row.created_at),
    modified_at: orNull(row.modified_at),
    prices: row.prices.map(priceOf),
    medias: row.medias.map(mediaOf),
  };
}

export type Share = ReturnType<typeof shareOf>;
