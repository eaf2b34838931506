import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.clientele-installed`;

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function fingerprint(lockfile) {
  const hash = createHash('sha256').update(lockfile).digest('hex');
  return `${hash} ${process.platform}-${process.arch}`;
}

/** The packages a lockfile names; none where it is missing, or torn by a kill. */
function packagesOf(lockfile) {
  try {
    return JSON.parse(lockfile).packages;
  } catch {
    return {};
  }
}

/** Whether npm's own record of what it installed last names every version of the lockfile. */
function npmInstalled(lockfile) {
  const present = packagesOf(read(`${root}node_modules/.package-lock.json`));
  const wanted = Object.entries(packagesOf(lockfile)).filter(([path]) =>
    path.startsWith('node_modules/'),
  );
  const there = ([path, { version, optional }]) =>
    path in present ? present[path].version === version : optional === true;
  return wanted.length > 0 && wanted.every(there);
}

/**
 * Whether node_modules holds what package-lock.json asks for. A stamp makes the usual answer quick;
 * without it (somebody ran npm by hand) npm's own record decides.
 */
export function isInstalled() {
  const lockfile = read(`${root}package-lock.json`) ?? '';
  if (read(stamp) === fingerprint(lockfile)) return true;
  if (!npmInstalled(lockfile)) return false;
  markInstalled();
  return true;
}

/** Notes that node_modules holds what package-lock.json asks for. */
export function markInstalled() {
  writeFileSync(stamp, fingerprint(readFileSync(`${root}package-lock.json`, 'utf8')));
}
