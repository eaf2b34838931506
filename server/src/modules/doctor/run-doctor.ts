import type { Caller } from '../../kernel/caller.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { App } from '../app.ts';
import { verifyAudit } from '../audit/index.ts';
import {
  type FunctionFacts,
  functionFacts,
  openViews,
  type RelationFacts,
  type RoleFacts,
  relationFacts,
  roleFacts,
} from './catalogue.store.ts';
import { judgeFunctions, judgeRelations, judgeRoles, matrixRoles, type Problem } from './rules.ts';
import { withTwins } from './twins.ts';

/** One check of the doctor; a failed one names the table at fault, if it is one. */
export interface DoctorCheck {
  name: string;
  ok: boolean;
  detail: string;
  table: string | null;
}

interface Verdict {
  problems: Problem[];
  /** What was found in order. */
  fine: string;
}

/** Database messages quote values, so of an unexpected failure only its code is told. */
function reasonOf(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  return (error as { code?: string }).code ?? (error as Error).name;
}

async function check(name: string, look: () => Promise<Verdict>): Promise<DoctorCheck[]> {
  let verdict: Verdict;
  try {
    verdict = await look();
  } catch (error) {
    const detail = `could not be checked: ${reasonOf(error)}`;
    return [{ name, ok: false, detail, table: null }];
  }
  const { problems, fine } = verdict;
  if (problems.length === 0) return [{ name, ok: true, detail: fine, table: null }];
  return problems.map(({ detail, table }) => ({ name, ok: false, detail, table: table ?? null }));
}

async function readCatalogue(app: App, caller: Caller) {
  const [roles, relations, functions, views] = await app.work(
    { ...caller },
    async (w) =>
      [
        (await w.run<RoleFacts>(roleFacts(matrixRoles()))).rows,
        (await w.run<RelationFacts>(relationFacts())).rows,
        (await w.run<FunctionFacts>(functionFacts())).rows,
        (await w.run<{ name: string }>(openViews())).rows,
      ] as const,
  );
  return { roles, relations, functions, views };
}

/** Work for a credential nobody has must end before any statement of it runs. */
async function failsClosed(app: App, caller: Caller): Promise<Verdict> {
  const stranger: Caller = {
    ...caller,
    entry: { as: 'credential', hash: app.keys.tokenHash(newId()) },
    workspaceId: newId(),
  };
  const seen = await app
    .work(stranger, (w) => w.defer(openViews()))
    .then(
      () => 'a credential nobody has was let in',
      (error) =>
        error instanceof DomainError && error.kind === 'unauthenticated' ? '' : reasonOf(error),
    );
  return {
    problems: seen === '' ? [] : [{ detail: seen }],
    fine: 'a credential nobody has is refused by the database',
  };
}

async function judgeIsolation(app: App, caller: Caller): Promise<Verdict> {
  const reports = await withTwins(app, caller, async (a, b) => [
    await app.probe(a, b),
    await app.probe(b, a),
  ]);
  const probes = reports.reduce((sum, r) => sum + r.probes, 0);
  return {
    problems: reports.flatMap(({ crossings, untried }) => [
      ...untried.map((detail) => ({ detail })),
      ...crossings.map((c) => ({ detail: `${c.operation}, ${c.slot}: ${c.detail}` })),
    ]),
    fine: `${probes} probes of ${reports[0]?.operations ?? 0} operations reached nothing`,
  };
}

async function judgeAudit(app: App, caller: Caller): Promise<Verdict> {
  const { rows, broken } = await verifyAudit(app, { ...caller });
  return {
    problems: broken.map(({ workspace_id, seq, problem }) => ({
      table: 'audit_log',
      detail: `row ${seq} of workspace ${workspace_id}: ${problem}`,
    })),
    fine: `${rows} rows are as they were written`,
  };
}

/**
 * Checks an installation: database roles, the policies and grants of every table, functions and
 * views, whether two throw-away workspaces can reach each other through any operation, and the
 * audit trail. Out: every check with its outcome; it fails for nothing it finds.
 */
export async function runDoctor(
  app: App,
  caller: Caller,
): Promise<{ ok: boolean; checks: DoctorCheck[] }> {
  let catalogue: Promise<Awaited<ReturnType<typeof readCatalogue>>> | undefined;
  const facts = () => {
    catalogue ??= readCatalogue(app, caller);
    return catalogue;
  };
  const session = async () => (await facts()).roles.find((r) => r.session)?.name ?? '';
  const checks = [
    ...(await check('roles', async () => ({
      problems: judgeRoles((await facts()).roles),
      fine: 'who serves is a plain role, and the roles it becomes cannot log in',
    }))),
    ...(await check('tables', async () => {
      const { relations } = await facts();
      return {
        problems: judgeRelations(relations, await session()),
        fine: `${relations.filter((r) => r.scoped).length} tables have row security forced and the policies and grants of the matrix`,
      };
    })),
    ...(await check('functions', async () => ({
      problems: judgeFunctions((await facts()).functions),
      fine: "functions with their owner's rights are pinned, and called by whom they should be",
    }))),
    ...(await check('views', async () => ({
      problems: (
        await facts()
      ).views.map(({ name }) => ({
        detail: `the view ${name} shows rows with the rights of its owner`,
      })),
      fine: 'no view goes past row security',
    }))),
    ...(await check('entry', () => failsClosed(app, caller))),
    ...(await check('isolation', () => judgeIsolation(app, caller))),
    ...(await check('audit', () => judgeAudit(app, caller))),
  ];
  return { ok: checks.every((c) => c.ok), checks };
}
