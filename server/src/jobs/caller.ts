import { type Caller, OPERATOR_WORKSPACE } from '../kernel/caller.ts';

/** The caller of a periodic job: the relay role, which sees every workspace's queues. */
export function jobCaller(name: string): Caller {
  return {
    entry: { as: 'relay' },
    workspaceId: OPERATOR_WORKSPACE,
    actor: { kind: 'job', id: name, name },
    surface: 'jobs',
    operation: name,
    requestId: `job ${name}`,
  };
}
