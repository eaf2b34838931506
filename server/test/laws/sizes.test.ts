import { expect, it } from 'vitest';
import { files, read } from './files.ts';

const lines = (path: string) => read(path).trimEnd().split('\n').length;

/** Files longer than a bound, with their length. */
const longer = (pattern: RegExp, most: number) =>
  files(pattern)
    .map((path) => ({ path, lines: lines(path) }))
    .filter((file) => file.lines > most);

it('keeps a route within 120 lines', () => {
  expect(files(/^server\/src\/surfaces\/\w+\/routes\/.+\.ts$/).length).toBeGreaterThan(15);
  expect(longer(/^server\/src\/surfaces\/\w+\/routes\/.+\.ts$/, 120)).toEqual([]);
});

it('keeps a verb within 200 lines', () => {
  const verb = /export (async )?function \w+\(\s*app: App,\s*caller: Caller/;
  const verbs = files(/^server\/src\/modules\/.+\.ts$/).filter((path) => verb.test(read(path)));
  expect(verbs.length).toBeGreaterThan(15);
  expect(verbs.filter((path) => lines(path) > 200)).toEqual([]);
});

it('keeps every other source file within 400 lines', () => {
  // A migration is a record of what was done, not something that is read or changed.
  const sources = /^(?!server\/src\/db\/migrations\/).+\.(ts|tsx|mjs|cjs|js|css|sql)$/;
  expect(files(sources).length).toBeGreaterThan(100);
  expect(longer(sources, 400)).toEqual([]);
});
