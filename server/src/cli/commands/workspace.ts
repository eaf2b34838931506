import type {
  WorkspacePage as WorkspacePageSchema,
  Workspace as WorkspaceSchema,
} from '@clientele/contracts/admin/schemas/workspace.ts';
import type { Static } from '@sinclair/typebox';
import type { Command } from 'commander';
import { type Connection, call } from '../client.ts';
import { asRoot, optionsOf } from '../context.ts';
import { CliFailure } from '../failure.ts';
import { note, printAnswer, printFields, printTable } from '../output.ts';

type Workspace = Static<typeof WorkspaceSchema>;
type WorkspacePage = Static<typeof WorkspacePageSchema>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PATH = '/admin/v1/workspaces';

/** The id of a workspace that a person names by id or slug. */
export async function workspaceId(connection: Connection, named: string): Promise<string> {
  if (UUID.test(named)) return named;
  const found = await call<WorkspacePage>(connection, 'GET', PATH, { query: { slug: named } });
  const [workspace] = found.data;
  if (workspace === undefined) throw new CliFailure(`there is no workspace ${named}`);
  return workspace.id;
}

const slugOf = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);

const print = (w: Workspace) =>
  printFields({
    id: w.id,
    slug: w.slug,
    name: w.name,
    blocked: w.blocked,
    customers: w.customers,
    created: w.created_at,
  });

/** Adds `workspace …`. */
export function addWorkspace(program: Command): void {
  const group = program.command('workspace').description('workspaces of the installation');

  group
    .command('create <name>')
    .description('make a workspace')
    .option('--slug <slug>', 'name in addresses; made from the name, if not given')
    .action(async (name: string, _options, command: Command) => {
      const options = optionsOf<{ slug?: string }>(command);
      const made = await call<Workspace>(asRoot(options), 'POST', PATH, {
        json: { name, slug: options.slug ?? slugOf(name) },
      });
      printAnswer(options.json, made, print);
    });

  group
    .command('list')
    .description('list the workspaces, newest first')
    .option('--page <number>', 'which page', '1')
    .option('--limit <number>', 'rows a page', '100')
    .action(async (_options, command: Command) => {
      const options = optionsOf<{ page: string; limit: string }>(command);
      const { page, limit } = options;
      const found = await call<WorkspacePage>(asRoot(options), 'GET', PATH, {
        query: { page, limit },
      });
      printAnswer(options.json, found, ({ data, meta }) => {
        printTable(
          ['ID', 'SLUG', 'NAME', 'CUSTOMERS', 'BLOCKED'],
          data.map((w) => [w.id, w.slug, w.name, w.customers, w.blocked]),
        );
        if (meta.total > data.length) note(`${data.length} of ${meta.total}`);
      });
    });

  group
    .command('get <workspace>')
    .description('show a workspace, named by id or slug')
    .action(async (named: string, _options, command: Command) => {
      const options = optionsOf(command);
      const root = asRoot(options);
      const id = await workspaceId(root, named);
      printAnswer(options.json, await call<Workspace>(root, 'GET', `${PATH}/${id}`), print);
    });

  for (const [name, blocked, description] of [
    ['block', true, 'shut out every credential and session of a workspace'],
    ['unblock', false, 'let them in again'],
  ] as const) {
    group
      .command(`${name} <workspace>`)
      .description(description)
      .action(async (named: string, _options, command: Command) => {
        const options = optionsOf(command);
        const root = asRoot(options);
        const id = await workspaceId(root, named);
        const changed = await call<Workspace>(root, 'PATCH', `${PATH}/${id}`, {
          json: { blocked },
        });
        printAnswer(options.json, changed, print);
      });
  }

  group
    .command('delete <workspace>')
    .description('delete a workspace; there is no way back')
    .action(async (named: string, _options, command: Command) => {
      const options = optionsOf(command);
      const root = asRoot(options);
      const id = await workspaceId(root, named);
      await call(root, 'DELETE', `${PATH}/${id}`);
      printAnswer(options.json, { id, deleted: true }, () => note(`Deleted ${id}`));
    });
}
