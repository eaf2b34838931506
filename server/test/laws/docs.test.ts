import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { files, read, root } from './files.ts';

const pages = files(/^((docs|contracts|examples)\/.+|[A-Z]+)\.md$/);
const folders = /^(\.ci|bench|contracts|docs|examples|server|tools|web)\//;

/** Paths of the repository that a page names, in a code span or as a link. */
function pathsIn(page: string): string[] {
  const text = read(page).replace(/```[\s\S]*?```/g, '');
  const spans = [...text.matchAll(/`([^`\n]+)`/g)]
    .map(([, span]) => (span ?? '').replace(/:\d+$/, ''))
    // What stands for many names, and what is no path at all.
    .filter((span) => folders.test(span) && !/[\s<>*{}…$()|]/.test(span));
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => (target ?? '').replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(page), target)));
  return [...spans, ...links];
}

it('names no path that is not there', () => {
  const missing = pages.flatMap((page) =>
    pathsIn(page)
      .filter((path) => !existsSync(root + path))
      .map((path) => `${page}: ${path}`),
  );
  expect(missing).toEqual([]);
});

/** Every code a caller can be told. */
function codes(): string[] {
  const thrown = files(/^server\/src\/.+\.ts$/).flatMap((path) =>
    [...read(path).matchAll(/new DomainError\(\s*'(\w+)'/g)].map(([, code]) => code as string),
  );
  return [...new Set(thrown)].sort();
}

it('throws every error by a code that can be read off its source', () => {
  const computed = files(/^server\/src\/.+\.ts$/).filter((path) =>
    /new DomainError\(\s*[^'\s]/.test(read(path)),
  );
  expect(computed).toEqual([]);
});

it('has a page for every error code, and for no other', () => {
  const written = files(/^docs\/errors\/\w+\.md$/).map((path) =>
    path.replace(/^docs\/errors\/|\.md$/g, ''),
  );
  expect(written.filter((name) => name !== 'README').sort()).toEqual(codes());
  for (const code of codes()) expect(read('docs/errors/README.md')).toContain(`(${code}.md)`);
});

it('says on every such page what the code means and what to do', () => {
  for (const code of codes()) {
    const page = read(`docs/errors/${code}.md`);
    expect(page).toMatch(new RegExp(`^# \`?${code}\`?\n`));
    expect(page).toMatch(/^## What it means$/m);
    expect(page).toMatch(/^## What to do$/m);
  }
});
