import type {
  CustomerPage,
  CustomerWithMembers,
} from '@clientele/contracts/workspace/schemas/customer.ts';
import type { Static } from '@sinclair/typebox';
import type { Command } from 'commander';
import { call } from '../client.ts';
import { asWorkspace, optionsOf } from '../context.ts';
import { note, printAnswer, printFields, printTable } from '../output.ts';

type Customer = Static<typeof CustomerWithMembers>;

const PATH = '/api/customers';

const addressOf = (c: Customer) =>
  (['line1', 'line2', 'postal_code', 'city', 'state', 'country'] as const)
    .map((part) => c.billing_address?.[part])
    .filter((part) => part != null)
    .join(', ');

function print(c: Customer): void {
  printFields({
    id: c.id,
    external_id: c.external_id,
    name: c.name,
    email: c.email,
    type: c.type,
    address: addressOf(c),
    metadata: JSON.stringify(c.metadata),
    team: c.members.map((m) => `${m.name ?? m.email ?? 'no name'} (${m.role})`).join(', '),
    created: c.created_at,
    modified: c.modified_at,
  });
}

/** Adds `customers …`. */
export function addCustomers(program: Command): void {
  const group = program.command('customers').description('customers of the workspace');

  group
    .command('list')
    .description('list customers')
    .option('--query <text>', 'part of the e-mail or name')
    .option('--email <address>', 'exact address')
    .option('--sort <field>', 'created_at, email or name; a minus sorts downwards', '-created_at')
    .option('--page <number>', 'which page', '1')
    .option('--limit <number>', 'rows a page', '20')
    .action(async (_options, command: Command) => {
      const options =
        optionsOf<Record<'query' | 'email' | 'sort' | 'page' | 'limit', string>>(command);
      const { query, email, sort, page, limit } = options;
      const found = await call<Static<typeof CustomerPage>>(
        asWorkspace(options),
        'GET',
        `${PATH}/`,
        { query: { query, email, sorting: sort, page, limit, include_members: options.json } },
      );
      printAnswer(options.json, found, ({ data, meta }) => {
        printTable(
          ['ID', 'EXTERNAL ID', 'NAME', 'EMAIL', 'COUNTRY'],
          data.map((c) => [c.id, c.external_id, c.name, c.email, c.billing_address?.country]),
        );
        note(`Page ${page} of ${meta.pages}, ${meta.total} in all`);
      });
    });

  group
    .command('get <id>')
    .description('show a customer')
    .option('--external', 'the id is your own (external) one', false)
    .action(async (id: string, _options, command: Command) => {
      const options = optionsOf<{ external: boolean }>(command);
      const place = options.external ? `${PATH}/external` : PATH;
      const found = await call<Customer>(
        asWorkspace(options),
        'GET',
        `${place}/${encodeURIComponent(id)}`,
      );
      printAnswer(options.json, found, print);
    });
}
