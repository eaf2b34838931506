import type { DoctorReport, LedgerCheck } from '@clientele/contracts/admin/schemas/upkeep.ts';
import type { Static } from '@sinclair/typebox';
import type { Command } from 'commander';
import { call } from '../client.ts';
import { asRoot, optionsOf } from '../context.ts';
import { printAnswer, printFields, printTable } from '../output.ts';

/** Adds `doctor` and `doctor ledger`. */
export function addDoctor(program: Command): void {
  const doctor = program
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
  doctor
    .command('ledger')
    .description('check the ledger of every wallet; ends with code 1 if one is not whole')
    .action(async (_options, command: Command) => {
      const options = optionsOf(command);
      const check = await call<Static<typeof LedgerCheck>>(
        asRoot(options),
        'GET',
        '/admin/v1/doctor/ledger',
      );
      printAnswer(options.json, check, ({ ok, problems }) => {
        printFields({ ok, problems: problems.length });
        if (problems.length === 0) return;
        printTable(
          ['WORKSPACE', 'WALLET', 'ENTRY', 'PROBLEM'],
          problems.map((p) => [p.workspace_id, p.wallet_id, p.sequence, p.problem]),
        );
      });
      if (!check.ok) process.exitCode = 1;
    });
}
