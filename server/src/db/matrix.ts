import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`./policies/${name}`, import.meta.url), 'utf8');

/** One row of the role × table matrix (policies/matrix.sql). */
export interface MatrixRow {
  role: string;
  relation: string;
  /** `select`, or `update (last_used_at)` where only some columns are meant. */
  privileges: string[];
  /**
   * `own`: rows of the transaction's workspace; `customer`: of its customer alone; `member`: none
   * unless a member works; `all`: of every workspace.
   */
  rows: 'own' | 'customer' | 'member' | 'all';
}

/** The policy that policies/each-table.sql makes of a row of the matrix. */
export interface ExpectedPolicy {
  name: string;
  role: string;
  expression: string;
  /** Whether it opens rows; a restrictive one narrows what others open. */
  permissive: boolean;
}

/** A function's owner, where it runs with the owner's rights, and who else may call it. */
export interface ExpectedFunction {
  owner: string | undefined;
  callers: string[];
}

const OWN =
  "workspace_id = (select nullif(current_setting('clientele.workspace_id', true), '')::uuid)";

/** A privilege on some columns, as one on each. */
function byColumn(privilege: string): string[] {
  const [, verb, columns] = /^(\w+) \((.+)\)$/.exec(privilege) ?? [];
  return columns?.split(/,\s*/).map((column) => `${verb} (${column})`) ?? [privilege];
}

/** The role × table matrix, as it is written down. */
export function roleMatrix(): MatrixRow[] {
  const rows = [
    ...read('matrix.sql').matchAll(/\('(\w+)', '(\w+)', '([^']+)', '(own|customer|member|all)'\)/g),
  ];
  return rows.map(([, role, relation, privileges, scope]) => ({
    role: role as string,
    relation: relation as string,
    privileges: (privileges as string).split(/,\s*(?![^(]*\))/).flatMap(byColumn),
    rows: scope as MatrixRow['rows'],
  }));
}

const setting = (name: string) => `(select nullif(current_setting('clientele.${name}', true), ''))`;

function narrowing({ relation, rows }: MatrixRow): string | undefined {
  if (rows === 'member') return `${setting('member_id')} is not null`;
  if (rows !== 'customer') return undefined;
  const column = relation === 'customers' ? 'id' : 'customer_id';
  return `${column} = ${setting('customer_id').replace(/\)$/, '::uuid)')}`;
}

/** The policies of a table with workspace_id. */
export function expectedPolicies(relation: string): ExpectedPolicy[] {
  return roleMatrix()
    .filter((row) => row.relation === relation)
    .flatMap((row) => {
      const { role, rows } = row;
      const name = `${relation}_${role.replace('clientele_', '')}`;
      const narrow = narrowing(row);
      return [
        { name, role, expression: rows === 'all' ? 'true' : OWN, permissive: true },
        ...(narrow === undefined
          ? []
          : [{ name: `${name}_narrow`, role, expression: narrow, permissive: false }]),
      ];
    });
}

/** Every function that has an owner of its own or callers (policies/each-table.sql). */
export function expectedFunctions(): Map<string, ExpectedFunction> {
  const text = read('each-table.sql');
  const found = new Map<string, ExpectedFunction>();
  const of = (name: string) => {
    const known = found.get(name) ?? { owner: undefined, callers: [] };
    found.set(name, known);
    return known;
  };
  for (const [, name, owner] of text.matchAll(
    /alter function clientele\.(\w+)\([^)]*\) owner to (\w+);/g,
  )) {
    of(name as string).owner = owner;
  }
  for (const [, name, callers] of text.matchAll(
    /grant execute on function clientele\.(\w+)\([^)]*\)\s+to ([\w,\s]+);/g,
  )) {
    of(name as string).callers.push(...(callers as string).split(/,\s*/));
  }
  return found;
}

/** An expression in one spelling, since each release of PostgreSQL prints its own. */
export function plainExpression(text: string | null): string {
  return (text ?? '')
    .toLowerCase()
    .replaceAll('::text', '')
    .replaceAll('as "nullif"', '')
    .replace(/[\s()]/g, '');
}
