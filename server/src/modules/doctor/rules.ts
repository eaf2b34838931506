import {
  expectedFunctions,
  expectedPolicies,
  type MatrixRow,
  plainExpression,
  roleMatrix,
} from '../../db/matrix.ts';
import { SERVING_ROLES } from '../../db/migrate.ts';
import type { FunctionFacts, RelationFacts, RoleFacts } from './catalogue.store.ts';

/** Something that is not as it was written down; `table` names the table at fault. */
export interface Problem {
  detail: string;
  table?: string;
}

/** Kept by the migration itself, readable by who serves so that start-up can compare versions. */
const VERSIONS = 'schema_migrations';
const TABLE_KINDS = new Set(['r', 'p']);

/** What in `found` and `wanted` has no counterpart in the other. */
function differences(wanted: string[], found: string[]): { missing: string[]; extra: string[] } {
  return {
    missing: wanted.filter((w) => !found.includes(w)),
    extra: found.filter((f) => !wanted.includes(f)),
  };
}

/** Every role that the matrix names. */
export function matrixRoles(): string[] {
  return [...new Set(roleMatrix().map((row) => row.role))];
}

/** The serving role is plain and inherits nothing; the roles it becomes cannot log in. */
export function judgeRoles(roles: RoleFacts[]): Problem[] {
  const found: string[] = [];
  for (const name of matrixRoles()) {
    if (!roles.some((r) => r.name === name)) found.push(`the role ${name} is missing`);
  }
  for (const r of roles) {
    for (const power of r.powers) found.push(`the role ${r.name} has ${power}`);
    for (const schema of r.creates_in) found.push(`the role ${r.name} can create in ${schema}`);
    if (r.owns) found.push(`the role ${r.name} owns tables`);
    const allowed = r.session ? SERVING_ROLES : [];
    for (const other of r.member_of.filter((m) => !allowed.includes(m))) {
      found.push(`the role ${r.name} is a member of ${other}`);
    }
    if (!r.session) {
      if (r.login) found.push(`the role ${r.name} can log in`);
      continue;
    }
    for (const other of r.inherits) found.push(`the serving role inherits from ${other}`);
  }
  return found.map((detail) => ({ detail }));
}

function judgePolicies(relation: RelationFacts): string[] {
  const expected = expectedPolicies(relation.name);
  const found: string[] = [];
  if (!relation.enabled) found.push('row security is off');
  if (!relation.forced) found.push('row security is not forced on its owner');
  const { missing, extra } = differences(
    expected.map((p) => p.name),
    relation.policies.map((p) => p.name),
  );
  for (const name of missing) found.push(`the policy ${name} is missing`);
  for (const name of extra) found.push(`the policy ${name} is not in the matrix`);
  for (const wanted of expected) {
    const policy = relation.policies.find((p) => p.name === wanted.name);
    if (policy === undefined) continue;
    const same =
      policy.permissive === wanted.permissive &&
      policy.command === '*' &&
      policy.roles.join() === wanted.role &&
      plainExpression(policy.using) === plainExpression(wanted.expression) &&
      plainExpression(policy.check) === plainExpression(wanted.expression);
    if (!same) found.push(`the policy ${wanted.name} is not the one of the matrix`);
  }
  return found;
}

function judgeGrants(relation: RelationFacts, matrix: MatrixRow[], session: string): string[] {
  const wanted =
    relation.name === VERSIONS
      ? [...SERVING_ROLES, session].map((role) => `${role} select`)
      : matrix
          .filter((row) => row.relation === relation.name)
          .flatMap((row) => row.privileges.map((p) => `${row.role} ${p}`));
  const { missing, extra } = differences(wanted, relation.grants);
  return [
    ...missing.map((grant) => `the grant ${grant} is missing`),
    ...extra.map((grant) => `the grant ${grant} is not in the matrix`),
  ];
}

/** Every table has the policies and grants of the matrix, and nothing else is reachable. */
export function judgeRelations(relations: RelationFacts[], session: string): Problem[] {
  const matrix = roleMatrix();
  const there = new Set(relations.map((r) => r.name));
  const absent = new Set(matrix.map((row) => row.relation).filter((name) => !there.has(name)));
  return [
    ...[...absent].map((table) => ({ table, detail: `the table ${table} is missing` })),
    ...relations.flatMap((r) =>
      [
        ...(r.scoped ? judgePolicies(r) : []),
        ...(!r.scoped && TABLE_KINDS.has(r.kind) && r.policies.length > 0
          ? ['it has policies without a workspace']
          : []),
        ...judgeGrants(r, matrix, session),
      ].map((detail) => ({ table: r.name, detail: `${r.name}: ${detail}` })),
    ),
  ];
}

/** Who may call which function, and that one with its owner's rights cannot be led astray. */
export function judgeFunctions(functions: FunctionFacts[]): Problem[] {
  const expected = expectedFunctions();
  const found: string[] = [];
  const ours = functions.filter((f) => f.schema === 'clientele');
  for (const [name, { owner }] of expected) {
    if (!ours.some((f) => f.name === name)) found.push(`the function ${name} is missing`);
    else if (owner !== undefined && !ours.some((f) => f.name === name && f.definer)) {
      found.push(`${name} does not run with its owner's rights`);
    }
  }
  for (const f of functions) {
    const wanted = f.schema === 'clientele' ? expected.get(f.name) : undefined;
    const callers = (wanted?.callers ?? []).filter((role) => role !== f.owner);
    const { missing, extra } = differences(callers, f.callers);
    if (f.definer) {
      if (wanted?.owner !== f.owner) found.push(`${f.name} runs with the rights of ${f.owner}`);
      if (f.path !== '""') found.push(`${f.name} has no pinned search_path`);
    }
    if (f.schema !== 'clientele') continue;
    for (const role of missing) found.push(`${role} may not call ${f.name}`);
    for (const role of extra) found.push(`${role} may call ${f.name}`);
  }
  return found.map((detail) => ({ detail }));
}
