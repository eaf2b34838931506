import {
  CredentialKind,
  type CredentialList,
  type IssuedCredential,
} from '@clientele/contracts/admin/schemas/credential.ts';
import type { Static } from '@sinclair/typebox';
import { type Command, Option } from 'commander';
import { call } from '../client.ts';
import { asRoot, optionsOf } from '../context.ts';
import { note, printAnswer, printFields, printTable } from '../output.ts';
import { workspaceId } from './workspace.ts';

type Issued = Static<typeof IssuedCredential>;
type Credentials = Static<typeof CredentialList>;

const pathOf = (workspace: string) => `/admin/v1/workspaces/${workspace}/credentials`;

function printIssued(issued: Issued): void {
  const { id, kind, name, scopes, expires_at, token, client_id, client_secret } = issued;
  printFields({
    id,
    kind,
    name,
    scopes: scopes.join(' '),
    expires: expires_at,
    ...(token === undefined ? {} : { token }),
    ...(client_id === undefined ? {} : { client_id, client_secret }),
  });
  note('The secret is shown this once: keep it now.');
}

const state = (c: Credentials['data'][number]) =>
  c.revoked_at !== null
    ? 'revoked'
    : c.expires_at !== null && Date.parse(c.expires_at) <= Date.now()
      ? 'expired'
      : 'live';

const collect = (value: string, before: string[] = []) => [...before, value];

/** Adds `credential …`. */
export function addCredential(program: Command): void {
  const group = program.command('credential').description('credentials of a workspace');

  group
    .command('create <workspace>')
    .description('issue a credential')
    .addOption(
      new Option('--kind <kind>', 'which surface it opens')
        .choices(CredentialKind.enum as string[])
        .default('access_token'),
    )
    .option('--name <name>', 'what it is for', 'command line')
    .option('--scope <scope>', 'what it may do; repeatable; all, if not given', collect)
    .option('--expires-at <time>', 'when it ends (RFC 3339); never, if not given')
    .action(async (named: string, _options, command: Command) => {
      const options = optionsOf<{
        kind: string;
        name: string;
        scope?: string[];
        expiresAt?: string;
      }>(command);
      const root = asRoot(options);
      const path = pathOf(await workspaceId(root, named));
      const { kind, name, scope, expiresAt } = options;
      const issued = await call<Issued>(root, 'POST', path, {
        json: { kind, name, scopes: scope ?? ['*'], expires_at: expiresAt ?? null },
      });
      printAnswer(options.json, issued, printIssued);
    });

  group
    .command('list <workspace>')
    .description('list the credentials of a workspace, ended ones too')
    .action(async (named: string, _options, command: Command) => {
      const options = optionsOf(command);
      const root = asRoot(options);
      const path = pathOf(await workspaceId(root, named));
      const found = await call<Credentials>(root, 'GET', path);
      printAnswer(options.json, found, ({ data }) =>
        printTable(
          ['ID', 'KIND', 'NAME', 'STATE', 'LAST USED', 'SCOPES'],
          data.map((c) => [c.id, c.kind, c.name, state(c), c.last_used_at, c.scopes.join(' ')]),
        ),
      );
    });

  group
    .command('rotate <workspace> <id>')
    .description('replace a credential by one with the same rights')
    .option('--overlap <seconds>', 'how long the old secret goes on working', '0')
    .action(async (named: string, id: string, _options, command: Command) => {
      const options = optionsOf<{ overlap: string }>(command);
      const root = asRoot(options);
      const path = pathOf(await workspaceId(root, named));
      const issued = await call<Issued>(root, 'POST', `${path}/${encodeURIComponent(id)}/rotate`, {
        json: { overlap_seconds: Number(options.overlap) },
      });
      printAnswer(options.json, issued, printIssued);
    });

  group
    .command('revoke <workspace> <id>')
    .description('end a credential at once')
    .action(async (named: string, id: string, _options, command: Command) => {
      const options = optionsOf(command);
      const root = asRoot(options);
      const path = pathOf(await workspaceId(root, named));
      await call(root, 'DELETE', `${path}/${encodeURIComponent(id)}`);
      printAnswer(options.json, { id, revoked: true }, () => note(`Revoked ${id}`));
    });
}
