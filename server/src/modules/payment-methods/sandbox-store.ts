import { statement } from '../../db/drivers/statement.ts';
import type { WorkDoor } from '../../db/work.ts';
import { type Caller, OPERATOR_WORKSPACE } from '../../kernel/caller.ts';
import type { Whose } from './port.ts';
import { queueLookAgain } from './provider-events.ts';

/** Something the sandbox keeps as a processor would: a set-up or a method. */
export interface SandboxObject<D = unknown> extends Whose {
  id: string;
  requestKey: string;
  data: D;
}

/** Where the sandbox keeps its records, so that they outlive the process. */
export interface SandboxStore {
  /** Keeps objects; of two with the same request key the first stays. Out: the first one's data. */
  keep<D>(objects: SandboxObject<D>[]): Promise<D>;
  read<D>(whose: Whose, id: string): Promise<D | undefined>;
  /** By the key it was made under. */
  find<D>(whose: Pick<Whose, 'workspaceId'>, requestKey: string): Promise<D | undefined>;
  /** Changes one that a transaction holds; what `change` gives is kept. */
  change<D>(whose: Whose, id: string, change: (data: D) => D): Promise<D | undefined>;
  /** Whose an object is that is named without its workspace. */
  locate(id: string): Promise<Whose | undefined>;
  /** Tells that a set-up went on without a request of ours, as a processor does by an event. */
  announce(whose: Whose, setupId: string): Promise<void>;
}

const insert = statement(
  'sandbox.insert',
  `insert into sandbox_objects (workspace_id, id, customer_id, request_key, data)
   values ($1, $2, $3, $4, $5::jsonb) on conflict do nothing`,
);
const byKey = statement(
  'sandbox.by_key',
  'select data from sandbox_objects where workspace_id = $1 and request_key = $2',
);
const byId = statement(
  'sandbox.by_id',
  'select data from sandbox_objects where workspace_id = $1 and customer_id = $2 and id = $3',
);
const lock = statement(
  'sandbox.lock',
  `select data from sandbox_objects
   where workspace_id = $1 and customer_id = $2 and id = $3 for update`,
);
const update = statement(
  'sandbox.update',
  `update sandbox_objects set data = $4::jsonb
   where workspace_id = $1 and customer_id = $2 and id = $3`,
);
const where = statement(
  'sandbox.where',
  `select workspace_id as "workspaceId", customer_id as "customerId" from sandbox_objects
   where id = $1`,
);

/** Keeps the sandbox's records in the database. */
export function sandboxStore(work: WorkDoor): SandboxStore {
  const inside = (workspaceId: string, as: 'workspace' | 'auth' = 'workspace'): Caller => ({
    entry: { as },
    workspaceId,
    actor: { kind: 'job', id: 'sandbox', name: 'payment sandbox' },
    surface: 'sandbox',
    operation: 'sandbox',
    requestId: 'sandbox',
  });
  const one = async <D>(caller: Caller, s: ReturnType<typeof byId>): Promise<D | undefined> => {
    const { rows } = await work(caller, (w) => w.defer<{ data: D }>(s));
    return rows[0]?.data;
  };
  return {
    async keep<D>(objects: SandboxObject<D>[]) {
      const [first] = objects as [SandboxObject<D>];
      return work(inside(first.workspaceId), async (w) => {
        const { rowCount } = await w.run(insert(...columns(first)));
        if (rowCount > 0) for (const o of objects.slice(1)) w.defer(insert(...columns(o)));
        const { rows } = await w.run<{ data: D }>(byKey(first.workspaceId, first.requestKey));
        return (rows[0] as { data: D }).data;
      });
    },
    read: ({ workspaceId, customerId }, id) =>
      one(inside(workspaceId), byId(workspaceId, customerId, id)),
    find: ({ workspaceId }, requestKey) => one(inside(workspaceId), byKey(workspaceId, requestKey)),
    change<D>({ workspaceId, customerId }: Whose, id: string, change: (data: D) => D) {
      return work(inside(workspaceId), async (w) => {
        const { rows } = await w.run<{ data: D }>(lock(workspaceId, customerId, id));
        if (rows[0] === undefined) return undefined;
        const after = change(rows[0].data);
        w.defer(update(workspaceId, customerId, id, after));
        return after;
      });
    },
    async locate(id) {
      const caller = inside(OPERATOR_WORKSPACE, 'auth');
      const { rows } = await work(caller, (w) => w.defer<Whose>(where(id)));
      return rows[0];
    },
    async announce({ workspaceId, customerId }, id) {
      await work(inside(workspaceId), async (w) =>
        queueLookAgain(w, {
          processor: 'sandbox',
          about: { kind: 'setup_intent', id },
          customer_id: customerId,
        }),
      );
    },
  };
}

const columns = (o: SandboxObject) =>
  [o.workspaceId, o.id, o.customerId, o.requestKey, o.data] as const;
