import type { DoctorReport } from '@clientele/contracts/admin/schemas/upkeep.ts';
import type { Static } from '@sinclair/typebox';
import type { Command } from 'commander';
import { call } from '../client.ts';
import { asRoot, optionsOf } from '../context.ts';
import { printAnswer, printTable } from '../output.ts';

/** Adds `doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check the installation; ends with code 1 if something is wrong')
    .action(async (_options, command: Command) => {
      const options = optionsOf(command);
      const report = await call<Static<typeof DoctorReport>>(
        asRoot(options),
        'GET',
        '/admin/v1/doctor',
      );
      printAnswer(options.json, report, ({ checks }) =>
        printTable(
          ['OK', 'CHECK', 'TABLE', 'FOUND'],
          checks.map((c) => [c.ok, c.name, c.table, c.detail]),
        ),
      );
      if (!report.ok) process.exitCode = 1;
    });
}
