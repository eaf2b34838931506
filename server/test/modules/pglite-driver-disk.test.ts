import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { DirectoryInUse, lockDirectory } from '../../src/db/drivers/pglite/index.ts';
import {
  connect,
  image,
  kill,
  linesOf,
  newDirectory,
  open,
  start,
  until,
  usePglite,
  value,
} from './pglite-driver.kit.ts';

usePglite();

describe('on disk', () => {
  test('each commit is synced once before its answer, and reads are never', async () => {
    const embedded = open({ dir: newDirectory(), durability: 'fsync' });
    const db = await connect(embedded);
    const syncs = async (task: () => Promise<unknown>) => {
      const before = embedded.stats().synced;
      await task();
      return embedded.stats().synced - before;
    };
    const insert = (i: number) => db.query(`insert into notes values ($1, 'new')`, [i]);
    await insert(100);
    const twenty = async () => {
      for (let i = 101; i <= 120; i += 1) await insert(i);
    };
    expect(await syncs(twenty)).toBe(20);
    expect(
      await syncs(async () => {
        for (let i = 0; i < 50; i += 1) await db.query('select count(*) from notes');
      }),
    ).toBe(0);
    const transaction = async () => {
      await db.query('begin');
      for (let i = 201; i <= 220; i += 1) await insert(i);
      await db.query('commit');
    };
    expect(await syncs(transaction)).toBe(1);
    expect(await syncs(() => db.query('checkpoint'))).toBeGreaterThan(3);
  });

  test('relaxed, nothing is synced', async () => {
    const embedded = open({ dir: newDirectory() });
    const db = await connect(embedded);
    for (let i = 101; i <= 120; i += 1) await db.query(`insert into notes values (${i}, 'new')`);
    await db.query('checkpoint');
    expect(embedded.stats().synced).toBe(0);
  });

  test('much WAL is checkpointed in the next pause', async () => {
    const embedded = open({ dir: newDirectory(), user: 'plain' });
    const db = await connect(embedded, 'plain');
    const last = () => value(db, 'select checkpoint_lsn from pg_control_checkpoint()');
    const before = await last();
    const rows = `select i, repeat('x', 2000) from generate_series($1::int, $1 + 7998, 2) i`;
    for (let i = 0; i < 10; i += 1) {
      await db.query(`insert into notes ${rows}`, [10_001 + i * 8_000]);
    }
    expect(await last()).toBe(before);
    await sleep(2_500);
    expect(await last()).not.toBe(before);
    expect(await value(db, 'select session_user || current_user')).toBe('plainplain');
  });

  test('closed and opened again, everything is there', async () => {
    const dir = newDirectory();
    const first = open({ dir });
    const db = await connect(first);
    await db.query(`insert into notes values (100, 'kept')`);
    await db.end();
    await first.close();
    expect(existsSync(join(dir, 'pid'))).toBe(false);
    const again = await connect(open({ dir }));
    expect(await value(again, 'select text from notes where id = 100')).toBe('kept');
  });
});

describe('the lock', () => {
  test('a second opening in this process is refused', async () => {
    const dir = newDirectory();
    await open({ dir }).ready;
    await expect(open({ dir }).ready).rejects.toThrow(String(process.pid));
    await expect(lockDirectory(dir)).rejects.toBeInstanceOf(DirectoryInUse);
  });

  test('another process is refused with the pid, and let in once the holder is killed', async () => {
    const dir = newDirectory();
    const child = start(dir, 'setInterval(() => {}, 1000);');
    const lines = linesOf(child);
    await until(() => lines.includes('open'));
    await expect(open({ dir }).ready).rejects.toThrow(`pid ${child.pid}`);
    const waiting = open({ dir, loadDataDir: image }).ready;
    await sleep(300);
    await kill(child);
    await waiting;
  });

  test('of many at once exactly one gets it', async () => {
    const dir = newDirectory();
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(() => lockDirectory(dir)));
    const held = outcomes.filter((o) => o.status === 'fulfilled');
    expect(held).toHaveLength(1);
    await held[0]?.value.release();
    await (await lockDirectory(dir)).release();
  });
});

describe('when it goes wrong', () => {
  test('a batch that takes too long ends the engine, and the next client has a new one', async () => {
    const events: string[] = [];
    const embedded = open({
      dir: newDirectory(),
      watchdogMs: 1_500,
      user: 'plain',
      onEvent: (e) => events.push(e.msg),
    });
    const pool = new pg.Pool({
      user: 'plain',
      max: 1,
      stream: () => embedded.stream(),
    } as pg.PoolConfig);
    pool.on('error', () => {});
    await pool.query(`insert into notes values (101, 'kept')`);
    const endless = 'select count(*) from generate_series(1, 1000000000) i';
    await expect(pool.query(endless)).rejects.toMatchObject({ name: 'EngineLost' });
    expect(events.join()).toContain('1500 ms');
    const { rows } = await pool.query('select text, session_user from notes where id = 101');
    expect(rows).toEqual([{ text: 'kept', session_user: 'plain' }]);
    await pool.end();
  });

  test('what this engine cannot survive is answered at once, and survived', async () => {
    const embedded = open({ dir: newDirectory() });
    const db = await connect(embedded);
    const before = performance.now();
    await expect(db.query('copy notes from stdin')).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(5_000);
    const again = await connect(embedded);
    expect(await value(again, 'select count(*)::int from notes')).toBe(10);
  });

  test('a first boot killed at any moment is followed by a good one', async () => {
    const dir = newDirectory();
    for (const delay of [200, 700, 1_300, 2_000]) {
      const child = start(dir, 'setInterval(() => {}, 1000);');
      await sleep(delay);
      await kill(child);
    }
    const db = await connect(open({ dir, loadDataDir: image }));
    expect(await value(db, 'select 1')).toBe(1);
    expect(readdirSync(dir).sort()).toEqual(['lock', 'pgdata', 'pid']);
  }, 60_000);

  test('rows acknowledged before a kill are there after it', async () => {
    const dir = newDirectory();
    const first = open({ dir });
    await first.ready;
    await first.close();
    const writes = `
      const { rows } = await db.query('select max(id) as last from notes');
      for (let i = rows[0].last + 1; ; i += 1) {
        await db.query('insert into notes values ($1, $2)', [i, 'x'.repeat(i % 500)]);
        process.stdout.write(i + '\\n');
      }`;
    let acknowledged = 10;
    for (const rows of [5, 100, 400]) {
      const child = start(dir, writes, 'fsync');
      const lines = linesOf(child);
      await until(() => lines.length > rows);
      await kill(child);
      await sleep(50);
      acknowledged = Math.max(acknowledged, Number(lines.at(-1)));
      const embedded = open({ dir });
      const db = await connect(embedded);
      const { rows: found } = await db.query(
        'select max(id) as last, count(*)::int as rows from notes',
      );
      expect(found[0].last).toBeGreaterThanOrEqual(acknowledged);
      expect(found[0].rows).toBe(found[0].last);
      await embedded.close();
    }
    expect(acknowledged).toBeGreaterThan(400);
  }, 60_000);
});
