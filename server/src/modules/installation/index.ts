import { statement } from '../../db/drivers/statement.ts';
import { type Caller, OPERATOR_WORKSPACE } from '../../kernel/caller.ts';
import type { App } from '../app.ts';

const shown = statement('installation.shown', 'select root_token_shown_at from installation');
const noteShown = statement(
  'installation.note_shown',
  'update installation set root_token_shown_at = now()',
);

const operator: Caller = {
  entry: { as: 'operator' },
  workspaceId: OPERATOR_WORKSPACE,
  actor: { kind: 'root', id: 'root', name: 'start-up' },
  surface: 'system',
  operation: 'first_start',
  requestId: 'first start',
};

/**
 * Prints the root token at the first start. It is derived from the installation's secret, so a
 * kill between printing and noting it only prints the same token again. A configured token is
 * known to its operator and never printed.
 */
export async function showRootTokenOnce(
  app: App,
  configured: string | undefined,
  token: string,
  url: string,
): Promise<void> {
  if (configured !== undefined) return;
  const { rows } = await app.work({ ...operator }, (w) =>
    w.defer<{ root_token_shown_at: string | null }>(shown()),
  );
  if (rows[0]?.root_token_shown_at !== null) return;
  process.stdout.write(
    `\nClientele is running on ${url}\nRoot token (shown once, keep it safe): ${token}\n\n`,
  );
  await app.work({ ...operator }, (w) => w.defer(noteShown()));
}
