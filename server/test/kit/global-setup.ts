import type { TestProject } from 'vitest/node';
import { prepareDatabases } from './database.ts';

/** Prepares the database of a project's engine before its first test file. */
export default async function setup(project: TestProject): Promise<void> {
  await prepareDatabases(project.config.env.CLIENTELE_TEST_ENGINE as 'pglite' | 'postgres');
}
