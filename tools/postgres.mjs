import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import pg from 'pg';

const socketFolder = encodeURIComponent('/var/run/postgresql');
const usual = [
  'postgres://root@127.0.0.1:5432/postgres',
  'postgres://postgres@127.0.0.1:5432/postgres',
  `postgres://${encodeURIComponent(userInfo().username)}@${socketFolder}/postgres`,
];

/** Opens a connection, runs `use` with it and closes it; rejects when it takes over 3 s to open. */
async function connected(url, use) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Lends a superuser with a password over TCP. The tests log in as several roles, and a socket
 * usually lets in the one role that is named like the system's user.
 */
async function lend(url) {
  const role = `clientele_test_${process.pid}`;
  const password = randomBytes(18).toString('hex');
  const port = await connected(url, async (client) => {
    await client.query(`create role ${role} superuser login password '${password}'`);
    return (await client.query('show port')).rows[0].port;
  });
  const forget = async () => {
    const handBack = (client) =>
      client.query(`reassign owned by ${role} to current_user; drop owned by ${role}`);
    const found = await connected(url, async (client) => {
      await client.query(`alter role ${role} nosuperuser nologin`);
      await handBack(client);
      return client.query(
        `select distinct d.datname from pg_shdepend s join pg_database d on d.oid = s.dbid
         where s.refobjid = '${role}'::regrole`,
      );
    });
    for (const { datname } of found.rows) {
      await connected(url.replace(/postgres$/, encodeURIComponent(datname)), handBack);
    }
    await connected(url, (client) => client.query(`drop role ${role}`));
  };
  return { url: `postgres://${role}:${password}@127.0.0.1:${port}/postgres`, forget };
}

/**
 * Finds a PostgreSQL on which the tests may create databases and roles. In: the connection string
 * somebody chose, if any; else the usual local ones are tried. Out: `url` of a superuser (undefined
 * when there is none), `reasons` why each tried one would not do, and `forget()`, which takes back
 * what was created to get in.
 */
export async function findPostgres(chosen) {
  const reasons = [];
  for (const url of chosen ? [chosen] : usual) {
    const shown = decodeURIComponent(url.replace(/:[^:@/]*@/, '@'));
    try {
      const superuser = await connected(url, async (client) => {
        const found = await client.query(
          'select rolsuper from pg_roles where rolname = current_user',
        );
        return found.rows[0].rolsuper;
      });
      if (!superuser) reasons.push(`${shown}: not a superuser`);
      else if (url.includes(`@${socketFolder}`) && !chosen)
        return { ...(await lend(url)), reasons };
      else return { url, reasons, forget: async () => {} };
    } catch (error) {
      reasons.push(`${shown}: ${error.message || error.code}`);
    }
  }
  return { url: undefined, reasons, forget: async () => {} };
}
