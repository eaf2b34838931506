import type { Caller } from '../../kernel/caller.ts';
import { invalid, notFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../../kernel/page.ts';
import type { App } from '../app.ts';
import { settleMedias } from './medias.ts';
import { priceIssues, settlePrices } from './prices.ts';
import { type MediaDraft, type PriceDraft, type Share, type ShareRow, shareOf } from './share.ts';
import {
  archivePrices,
  dropMedias,
  insertPrices,
  insertShare,
  lockShare,
  shareById,
  sharesPage,
  updateShare,
  writeMedias,
} from './shares.store.ts';

/** What a caller says of a share to make. */
export interface ShareDraft {
  name: string;
  description?: string | null;
  visibility: ShareRow['visibility'];
  prices: PriceDraft[];
  medias: MediaDraft[];
}

/** Fields to change; what is absent stays, and so does null but for the description. */
export interface SharePatch {
  name?: string | null;
  description?: string | null;
  visibility?: ShareRow['visibility'] | null;
  is_archived?: boolean | null;
  prices?: PriceDraft[] | null;
  medias?: MediaDraft[] | null;
}

function checkPrices(prices: readonly PriceDraft[]): void {
  const issues = priceIssues(prices);
  if (issues.length > 0) throw invalid(issues);
}

const shown = (s: ShareRow) => ({
  name: s.name,
  description: s.description,
  visibility: s.visibility,
  is_archived: s.is_archived,
  prices: s.prices.map((p) => p.id),
  medias: s.medias.map((m) => m.id),
});

/** Makes a share. Errors: 422 for prices whose amounts are missing or disagree. */
export function createShare(app: App, caller: Caller, draft: ShareDraft): Promise<Share> {
  checkPrices(draft.prices);
  const at = new Date().toISOString();
  const key = { workspace_id: caller.workspaceId, id: newId() };
  const share: ShareRow = {
    ...key,
    created_at: at,
    modified_at: null,
    name: draft.name,
    description: draft.description ?? null,
    visibility: draft.visibility,
    is_archived: false,
    prices: settlePrices(key, [], draft.prices, at).prices,
    medias: settleMedias(key, [], draft.medias, at),
  };
  return app.work(caller, (w) => {
    const { id, name, description, visibility, is_archived } = share;
    const made = w.defer(
      insertShare(key.workspace_id, id, at, name, description, visibility, is_archived),
    );
    if (share.prices.length > 0) w.defer(insertPrices(JSON.stringify(share.prices)));
    if (share.medias.length > 0) w.defer(writeMedias(JSON.stringify(share.medias)));
    w.record({
      entity: 'share',
      entityId: id,
      customerId: null,
      before: null,
      after: shown(share),
      personal: [],
    });
    return made.map(() => shareOf(share));
  });
}

/** One share. Errors: 404. */
export function getShare(app: App, caller: Caller, id: string): Promise<Share> {
  return app.work(caller, (w) =>
    w.defer<ShareRow>(shareById(caller.workspaceId, id)).map(({ rows }) => {
      if (rows[0] === undefined) throw notFound();
      return shareOf(rows[0]);
    }),
  );
}

/** A numbered page of shares, newest first, with the exact total. */
export function listShares(app: App, caller: Caller, request: PageRequest): Promise<Page<Share>> {
  const limit = Math.min(request.limit, MAX_PAGE_SIZE);
  const offset = Math.min((request.page - 1) * limit, 2 ** 40);
  return app.work(caller, (w) =>
    w
      .defer<ShareRow & { total: number }>(sharesPage(caller.workspaceId, limit, offset))
      .map(({ rows }) => ({
        total: rows[0]?.total ?? 0,
        rows: rows.filter((r) => r.id !== null).map(shareOf),
      })),
  );
}

/**
 * Changes a share. Given prices and pictures are all there are to be: what is there already stays
 * the same thing, a price that is not named is archived. Errors: 404, 422.
 */
export function patchShare(
  app: App,
  caller: Caller,
  id: string,
  patch: SharePatch,
): Promise<Share> {
  checkPrices(patch.prices ?? []);
  return app.work(caller, async (w) => {
    const ws = caller.workspaceId;
    if ((await w.run(lockShare(ws, id))).rowCount === 0) throw notFound();
    const before = (await w.run<ShareRow>(shareById(ws, id))).rows[0] as ShareRow;
    const at = new Date().toISOString();
    const prices =
      patch.prices == null ? null : settlePrices(before, before.prices, patch.prices, at);
    const after: ShareRow = {
      ...before,
      modified_at: at,
      name: patch.name ?? before.name,
      description: patch.description === undefined ? before.description : patch.description,
      visibility: patch.visibility ?? before.visibility,
      is_archived: patch.is_archived ?? before.is_archived,
      prices: prices?.prices ?? before.prices,
      medias:
        patch.medias == null
          ? before.medias
          : settleMedias(before, before.medias, patch.medias, at),
    };
    const [was, is] = [shown(before), shown(after)];
    const changed = (Object.keys(is) as (keyof typeof is)[]).filter(
      (f) => JSON.stringify(was[f]) !== JSON.stringify(is[f]),
    );
    if (changed.length === 0) return shareOf(before);
    if (prices !== null) {
      w.defer(archivePrices(ws, prices.archived, at));
      w.defer(insertPrices(JSON.stringify(prices.added)));
    }
    if (changed.includes('medias')) {
      w.defer(
        dropMedias(
          ws,
          id,
          after.medias.map((m) => m.id),
        ),
      );
      w.defer(writeMedias(JSON.stringify(after.medias)));
    }
    const pick = (s: typeof is) => Object.fromEntries(changed.map((f) => [f, s[f]]));
    w.record({
      entity: 'share',
      entityId: id,
      customerId: null,
      before: pick(was),
      after: pick(is),
      personal: [],
    });
    return w
      .defer(
        updateShare(ws, id, at, after.name, after.description, after.visibility, after.is_archived),
      )
      .map(() => shareOf(after));
  });
}
