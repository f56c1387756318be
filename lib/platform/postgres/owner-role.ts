import pg from 'pg';

/** Statements that transfer all objects of a database but PostgreSQL's own to a role. `%1$I` is that role. */
const OWNED = `
  SELECT format('ALTER SCHEMA %I OWNER TO %%1$I', n.nspname) AS statement FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public') AND n.nspowner <> $1::regrole
  UNION ALL SELECT format('ALTER %s %I.%I OWNER TO %%1$I',
      CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relowner <> $1::regrole
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
  UNION ALL SELECT format('ALTER TYPE %I.%I OWNER TO %%1$I', n.nspname, t.typname) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND t.typtype IN ('e', 'd') AND t.typowner <> $1::regrole
  UNION ALL SELECT format('ALTER ROUTINE %s OWNER TO %%1$I', p.oid::regprocedure) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND p.proowner <> $1::regrole`;

/** The role that owns a database, and its password. */
export interface OwnerRole {
  readonly name: string;
  readonly password: string;
}

/**
 * Creates the role that owns Entrada's databases, which is no superuser, or sets its password, and transfers a database with all its objects
 * to it. Data folders of earlier versions, in which the superuser owned everything, keep working. Idempotent.
 * @param adminUrl connection string of that database as a superuser.
 * @returns its connection string as the role.
 */
export async function transferDatabaseOwnership(adminUrl: string, { name, password }: OwnerRole): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const role = pg.escapeIdentifier(name);
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    await client.query(
      `${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
       PASSWORD ${pg.escapeLiteral(password)}`,
    );
    const database = decodeURIComponent(new URL(adminUrl).pathname.slice(1));
    await client.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} OWNER TO ${role}`);
    const { rows } = await client.query<{ statement: string }>(OWNED, [role]);
    await client.query('BEGIN');
    for (const { statement } of rows) await client.query(statement.replace('%1$I', role));
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  return url.toString();
}
