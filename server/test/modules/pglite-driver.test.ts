import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { connect, open, usePglite, value } from './pglite-driver.kit.ts';

usePglite();

describe('the wire', () => {
  test('node-postgres speaks to it as to a server', async () => {
    const db = await connect(open());
    expect(await value(db, 'select $1::int + 1', [41])).toBe(42);
    await expect(db.query('select $1::int / 0', [1])).rejects.toMatchObject({ code: '22012' });
    await expect(db.query('selec 1')).rejects.toMatchObject({ code: '42601' });
    await expect(db.query(`select E'\\nFATAL:  no'::int`)).rejects.toMatchObject({ code: '22P02' });
    const several = (await db.query('select 1 as a; select 2 as b')) as unknown as pg.QueryResult[];
    expect(several.map((r) => r.rows)).toEqual([[{ a: 1 }], [{ b: 2 }]]);
    await db.query('begin');
    await expect(db.query('select 1 / 0')).rejects.toThrow();
    await expect(db.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await db.query('rollback');
    const notices: string[] = [];
    db.on('notice', (n) => notices.push(n.message ?? ''));
    await db.query(`do $$ begin raise notice 'heard'; end $$`);
    expect(notices).toEqual(['heard']);
  });

  test('large values and several large results cross whole', async () => {
    const db = await connect(open());
    const text = 'ł'.repeat(3_000_000);
    expect(await value(db, 'select $1::text', [text])).toBe(text);
    const sql = `select i, repeat('x', 100) as t from generate_series(1, 50000) i`;
    const results = (await db.query(`${sql}; ${sql}`)) as unknown as pg.QueryResult[];
    expect(results.map((r) => r.rows.length)).toEqual([50_000, 50_000]);
    expect(results[1]?.rows.at(-1)).toEqual({ i: 50_000, t: 'x'.repeat(100) });
  });

  test('portals fetched in parts and pipelined queries work', async () => {
    const embedded = open();
    const db = await connect(embedded);
    const parts = { text: 'select i from generate_series(1, 25) i', rows: 10 };
    const { rows } = (await db.query(parts as pg.QueryConfig)) as pg.QueryResult;
    expect(rows).toHaveLength(25);
    await db.end();
    const piped = await connect(embedded, 'postgres', { pipeline: true });
    const answers = await Promise.all([1, 2, 3].map((i) => value(piped, 'select $1::int', [i])));
    expect(answers).toEqual([1, 2, 3]);
  });

  test('the session is in UTC and takes settings from the connection', async () => {
    const options = '-c search_path=a,b -c work_mem=8MB';
    const db = await connect(open(), 'postgres', { options, application_name: 'tests' });
    expect(await value(db, 'show timezone')).toBe('UTC');
    expect(await value(db, 'show search_path')).toBe('a,b');
    expect(await value(db, 'show work_mem')).toBe('8MB');
    expect(await value(db, 'show application_name')).toBe('tests');
  });
});

describe('one session, many clients', () => {
  test('a client finds nothing of the one before it', async () => {
    const embedded = open();
    const first = await connect(embedded);
    await first.query({ name: 'kept', text: 'select 1' });
    await first.query(`set timezone = 'Asia/Tokyo'`);
    await first.query('create temporary table scrap (i int)');
    await first.query('begin');
    await first.query(`insert into notes values (100, 'never')`);
    (
      first as unknown as { connection: { stream: NodeJS.WritableStream & { destroy(): void } } }
    ).connection.stream.destroy();
    const second = await connect(embedded);
    expect(await value(second, 'select count(*)::int from notes where id = 100')).toBe(0);
    expect(await value(second, 'select count(*)::int from pg_prepared_statements')).toBe(0);
    expect(await value(second, `select to_regclass('scrap') is null`)).toBe(true);
    expect(await value(second, 'show timezone')).toBe('UTC');
    await second.query({ name: 'kept', text: 'select 2' });
  });

  test('a second client waits for the first to leave', async () => {
    const embedded = open();
    const first = await connect(embedded);
    const second = connect(embedded);
    await sleep(50);
    expect(await value(first, 'select 1')).toBe(1);
    await first.end();
    expect(await value(await second, 'select 2')).toBe(2);
  });

  test('a pool of one serves many at once', async () => {
    const embedded = open();
    const pool = new pg.Pool({
      user: 'postgres',
      max: 1,
      stream: () => embedded.stream(),
    } as pg.PoolConfig);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => pool.query('select $1::int as i', [i])),
    );
    expect(answers.map((a) => a.rows[0].i)).toEqual(answers.map((_, i) => i));
    await pool.end();
  });
});

describe('the plain role', () => {
  test('no statement makes it the superuser', async () => {
    const db = await connect(open({ user: 'plain' }), 'plain');
    const attempts = [
      'reset role',
      'set role postgres',
      'reset session authorization',
      'set session authorization default',
      'set session authorization postgres',
      `select set_config('role', 'postgres', false)`,
      `select set_config('session_authorization', 'postgres', false)`,
      `do $$ begin execute 'set session authorization postgres'; end $$`,
      'discard all',
      'reset all',
      'alter role plain superuser',
      'set row_security = off',
    ];
    for (const attempt of attempts) {
      await db.query(attempt).catch(() => {});
      await db.query('set row_security = on');
      const who = `select session_user || ' ' || current_user || ' ' ||
        (select rolsuper from pg_roles where rolname = current_user)`;
      expect(await value(db, who), attempt).toBe('plain plain false');
      expect(await value(db, 'select count(*)::int from notes'), attempt).toBe(5);
    }
    await db.query('set role aide');
    expect(await value(db, 'select current_user')).toBe('aide');
  });

  test('the session passes from role to role', async () => {
    const embedded = open({ user: 'nobody' });
    await expect(embedded.ready).rejects.toMatchObject({ name: 'NoSuchUser' });
    await expect(connect(embedded, 'nobody')).rejects.toMatchObject({ code: '28000' });
    await embedded.reopenAs('postgres');
    const owner = await connect(embedded);
    expect(await value(owner, 'select count(*)::int from notes')).toBe(10);
    await owner.end();
    await embedded.reopenAs('plain');
    await expect(connect(embedded, 'postgres')).rejects.toMatchObject({ code: '28000' });
    const plain = await connect(embedded, 'plain');
    expect(await value(plain, 'select count(*)::int from notes')).toBe(5);
    await expect(plain.query('set session authorization postgres')).rejects.toThrow();
    await plain.end();
    await expect(embedded.reopenAs('nobody')).rejects.toMatchObject({ name: 'NoSuchUser' });
  });

  test('upkeep runs with more rights and leaves none behind', async () => {
    const embedded = open({ user: 'plain' });
    const db = await connect(embedded, 'plain');
    await db.query(`insert into notes select i, 'x' from generate_series(11, 4001, 2) i`);
    await db.query('select pg_stat_force_next_flush()');
    await embedded.maintain();
    expect(await value(db, 'select session_user || current_user')).toBe('plainplain');
    expect(await value(db, `select reltuples > 1000 from pg_class where relname = 'notes'`)).toBe(
      true,
    );
    await expect(db.query('checkpoint')).rejects.toMatchObject({ code: '42501' });
  });
});
