import pg from 'pg';
import { RUN_ID_COLUMN } from '#lib/targets/database/header-columns.ts';
import { quote, READER_ROLE, STAGING_SCHEMA } from './table/landed-table.ts';

/** A role that can only read landed tables. */
export interface ReaderRole {
  readonly name: string;
  readonly password: string;
}

/**
 * Creates the read-only role, or resets its password and settings, and grants it the landed tables by name. Revokes rights that earlier versions (or
 * default privileges) granted beyond that. Later tables are granted when they are landed.
 * @param client connected to the landing database as a role that may create roles.
 */
export async function prepareReaderRole(
  client: pg.Client,
  { name = READER_ROLE, password }: Partial<ReaderRole> & Pick<ReaderRole, 'password'>,
): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const role = quote(name);
  await client.query(
    `${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)} NOCREATEDB NOCREATEROLE`,
  );
  // A role may change its own settings: resets them, globally and for this database.
  const database = quote((await client.query<{ name: string }>('SELECT current_database() AS name')).rows[0]?.name ?? '');
  await client.query(`ALTER ROLE ${role} RESET ALL; ALTER ROLE ${role} IN DATABASE ${database} RESET ALL;
    ALTER ROLE ${role} SET default_transaction_read_only = on`);
  await client.query(`ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM ${role};
    ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM ${role}`);
  await limitToLandedTables(client, name);
}

interface FoundSchema {
  readonly schema: string;
  /** Names of its landed tables. */
  readonly landed: readonly string[];
}

/** Grants the landed tables, and revokes everything else in `public` and in schemas without landed tables. */
async function limitToLandedTables(client: pg.Client, name: string): Promise<void> {
  const role = quote(name);
  for (const { schema, landed } of await findSchemas(client)) {
    const isOurs = landed.length > 0 && schema !== 'public';
    if (!isOurs) await client.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${quote(schema)} FROM ${role}`);
    if (landed.length === 0) {
      await client.query(`REVOKE ALL ON SCHEMA ${quote(schema)} FROM ${role}`);
      continue;
    }
    const tables = landed.map((table) => `${quote(schema)}.${quote(table)}`);
    await client.query(`GRANT USAGE ON SCHEMA ${quote(schema)} TO ${role}; GRANT SELECT ON ${tables.join(', ')} TO ${role}`);
  }
}

async function findSchemas(client: pg.Client): Promise<readonly FoundSchema[]> {
  const { rows } = await client.query<FoundSchema>(
    `SELECT n.nspname AS schema, COALESCE(array_agg(c.relname::text) FILTER (WHERE m.attname IS NOT NULL AND n.nspname <> $2), '{}') AS landed
     FROM pg_namespace n
     LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
     LEFT JOIN pg_attribute m ON m.attrelid = c.oid AND m.attname = $1 AND NOT m.attisdropped
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     GROUP BY n.nspname`,
    [RUN_ID_COLUMN, STAGING_SCHEMA],
  );
  return rows;
}

/**
 * Revokes what PostgreSQL grants to every role in a database: temporary tables, large objects, messages in the
 * write-ahead log, advisory locks (which runs use), new objects in `public`. Only for databases of Entrada alone, as a superuser. Idempotent.
 * @param owner role of Entrada, which keeps all of them.
 */
export async function revokeFromPublic(client: pg.Client, owner: string): Promise<void> {
  const { rows } = await client.query<{ database: string; functions: string[] }>(
    `SELECT current_database() AS database, array_agg(p.oid::regprocedure::text) AS functions
     FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^(lo_|lowrite|loread|pg_(try_)?advisory_|pg_logical_emit_message)'`,
  );
  const { database = '', functions = [] } = rows[0] ?? {};
  const role = quote(owner);
  await client.query(`REVOKE ALL ON DATABASE ${quote(database)} FROM PUBLIC; GRANT CONNECT ON DATABASE ${quote(database)} TO ${role};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    REVOKE EXECUTE ON FUNCTION ${functions.join(', ')} FROM PUBLIC; GRANT EXECUTE ON FUNCTION ${functions.join(', ')} TO ${role}`);
}
