import type { Demo } from '@clientele/contracts/admin/schemas/workspace.ts';
import type { Static } from '@sinclair/typebox';
import type { Command } from 'commander';
import { call } from '../client.ts';
import { asRoot, optionsOf } from '../context.ts';
import { note, printAnswer, printFields } from '../output.ts';

/** Adds `seed`. */
export function addSeed(program: Command): void {
  program
    .command('seed')
    .description('make a workspace full of made-up customers')
    .option('--slug <slug>', 'its name in addresses; demo or the next free one, if not given')
    .action(async (_options, command: Command) => {
      const options = optionsOf<{ slug?: string }>(command);
      const { slug } = options;
      const demo = await call<Static<typeof Demo>>(asRoot(options), 'POST', '/admin/v1/demo', {
        json: slug === undefined ? {} : { slug },
      });
      printAnswer(options.json, demo, ({ workspace, token, counts }) => {
        printFields({ workspace: workspace.slug, id: workspace.id, token, ...counts });
        note('The token is shown this once: keep it now.');
      });
    });
}
