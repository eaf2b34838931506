import { statement } from '../../db/drivers/statement.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { App } from '../app.ts';

/** One entry of a workspace's change log. */
export interface ChangeEvent {
  id: string;
  sequence: number;
  type: string;
  timestamp: string;
  customer_id: string | null;
  data: Record<string, unknown>;
}

const sequenceNow = statement(
  'events.sequence',
  'select clientele.sequence_events($1)::int8 as moved',
);
/** What one call of sequence_events moves at most. */
const MOST_MOVED = 10_000;
const after = statement(
  'events.after',
  `select id, sequence, type, timestamp, customer_id, data from events
   where workspace_id = $1 and sequence > $2 order by sequence limit $3`,
);

/**
 * The change log behind a sequence number, oldest first, gapless and in commit order
 * (README decision 29). What committed before this call is in it.
 */
export async function readEvents(
  app: App,
  caller: Caller,
  request: { after: number; limit: number },
): Promise<{ events: ChangeEvent[]; hasMore: boolean }> {
  for (;;) {
    const [sequenced, found] = await app.work(
      caller,
      (w) => {
        const moved = w.defer<{ moved: number }>(sequenceNow(caller.workspaceId));
        return moved.and(
          w.defer<ChangeEvent>(after(caller.workspaceId, request.after, request.limit + 1)),
        );
      },
      { lane: 'slow' },
    );
    const { rows } = found;
    const hasMore = rows.length > request.limit;
    // After a large import the log is still being filled: a short page is not its end.
    if (hasMore || (sequenced.rows[0]?.moved ?? 0) < MOST_MOVED) {
      return { events: rows.slice(0, request.limit), hasMore };
    }
  }
}
