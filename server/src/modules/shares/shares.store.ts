import { statement } from '../../db/drivers/statement.ts';

const SHARE = `s.workspace_id, s.id, s.created_at, s.modified_at, s.name, s.description,
  s.visibility, s.is_archived`;
const PARTS = `
  coalesce((select jsonb_agg(to_jsonb(p) order by p.created_at, p.position, p.id)
    from share_prices p
    where p.workspace_id = s.workspace_id and p.share_id = s.id and not p.is_archived), '[]')
    as prices,
  coalesce((select jsonb_agg(to_jsonb(m) order by m.position, m.id) from share_medias m
    where m.workspace_id = s.workspace_id and m.share_id = s.id), '[]') as medias`;

export const insertShare = statement(
  'shares.insert',
  `insert into shares (workspace_id, id, created_at, name, description, visibility, is_archived)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);
export const updateShare = statement(
  'shares.update',
  `update shares set modified_at = $3, name = $4, description = $5, visibility = $6,
     is_archived = $7
   where workspace_id = $1 and id = $2`,
);
export const shareById = statement(
  'shares.by_id',
  `select ${SHARE}, ${PARTS} from shares s where s.workspace_id = $1 and s.id = $2`,
);
export const lockShare = statement(
  'shares.lock',
  'select id from shares where workspace_id = $1 and id = $2 for update',
);
export const sharesPage = statement(
  'shares.page',
  `with page as (
     select ${SHARE} from shares s where s.workspace_id = $1
     order by s.created_at desc, s.id desc limit $2 offset $3
   ), total as (select count(*)::int8 as total from shares where workspace_id = $1)
   select t.total, s.*, ${PARTS} from total t left join page s on true
   order by s.created_at desc, s.id desc`,
);

export const insertPrices = statement(
  'shares.insert_prices',
  `insert into share_prices (workspace_id, id, share_id, position, source, amount_type,
     price_currency, price_amount, minimum_amount, maximum_amount, preset_amount, created_at)
   select r.workspace_id, r.id, r.share_id, r.position, r.source, r.amount_type, r.price_currency,
     r.price_amount, r.minimum_amount, r.maximum_amount, r.preset_amount, r.created_at
   from jsonb_populate_recordset(null::share_prices, $1) r`,
);
export const archivePrices = statement(
  'shares.archive_prices',
  `update share_prices set is_archived = true, modified_at = $3
   where workspace_id = $1 and id = any($2::uuid[])`,
);
/** Removes the pictures of a share that are not among those to keep. */
export const dropMedias = statement(
  'shares.drop_medias',
  `delete from share_medias
   where workspace_id = $1 and share_id = $2 and id <> all($3::uuid[])`,
);
export const writeMedias = statement(
  'shares.write_medias',
  `insert into share_medias (workspace_id, id, share_id, position, name, path, mime_type, size,
     storage_version, checksum_etag, checksum_sha256_hex, last_modified_at, version, is_uploaded,
     public_url, created_at)
   select r.workspace_id, r.id, r.share_id, r.position, r.name, r.path, r.mime_type, r.size,
     r.storage_version, r.checksum_etag, r.checksum_sha256_hex, r.last_modified_at, r.version,
     r.is_uploaded, r.public_url, r.created_at
   from jsonb_populate_recordset(null::share_medias, $1) r
   on conflict (workspace_id, id) do update set position = excluded.position`,
);

export const workspacePage = statement(
  'shares.workspace_page',
  'select workspace, shares from clientele.workspace_page($1)',
);
