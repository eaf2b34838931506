import { newId } from '../../kernel/ids.ts';
import type { MediaDraft, MediaRow } from './share.ts';

type Content = Required<MediaDraft> & { path: string };

function contentOf(draft: MediaDraft): Content {
  return {
    name: draft.name,
    mime_type: draft.mime_type,
    size: draft.size,
    public_url: draft.public_url,
    path: draft.path ?? new URL(draft.public_url).pathname,
    checksum_sha256_hex: draft.checksum_sha256_hex ?? null,
    checksum_etag: draft.checksum_etag ?? null,
    storage_version: draft.storage_version ?? null,
    version: draft.version ?? null,
    last_modified_at: draft.last_modified_at ?? null,
    is_uploaded: draft.is_uploaded,
  };
}

const instant = (value: unknown) => (value === null ? null : Date.parse(value as string));

function same(a: MediaRow, b: Content): boolean {
  return (Object.keys(b) as (keyof Content)[]).every((f) =>
    f === 'last_modified_at' ? instant(a[f]) === instant(b[f]) : a[f] === b[f],
  );
}

/** The pictures of a share as they are wanted: one that is there already keeps its id. */
export function settleMedias(
  share: { workspace_id: string; id: string },
  present: readonly MediaRow[],
  drafts: readonly MediaDraft[],
  at: string,
): MediaRow[] {
  const left = [...present];
  return drafts.map((draft, position): MediaRow => {
    const content = contentOf(draft);
    const found = left.findIndex((m) => same(m, content));
    const [known] = found < 0 ? [] : left.splice(found, 1);
    return {
      workspace_id: share.workspace_id,
      id: known?.id ?? newId(),
      share_id: share.id,
      position,
      ...content,
      created_at: known?.created_at ?? at,
    };
  });
}
