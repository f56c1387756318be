import pg from 'pg';
import type { TargetCheck } from '#lib/domain/target/target.ts';
import type { PostgresSettings } from './settings.ts';
import { quote, STAGING_SCHEMA } from './table/landed-table.ts';

/** SQL for an administrator of the database: the role of the target with the least rights that reloads need. */
export function roleSql({ database, user, signIn }: PostgresSettings): string {
  const [role, base] = [quote(user), quote(database)];
  const create =
    signIn === 'password'
      ? `-- As an administrator, connected to the database ${database}.
CREATE ROLE ${role} LOGIN PASSWORD '<password>';`
      : `-- As the Microsoft Entra administrator of the server, connected to the database postgres: the role of the application or identity of this name.
SELECT * FROM pgaadauth_create_principal(${pg.escapeLiteral(user)}, false, false);

-- As an administrator, connected to the database ${database}.`;
  return `${create}
GRANT CONNECT, TEMPORARY ON DATABASE ${base} TO ${role};

-- Entrada's own schema: staged rows, and the record of published runs.
CREATE SCHEMA IF NOT EXISTS ${STAGING_SCHEMA};
GRANT USAGE, CREATE ON SCHEMA ${STAGING_SCHEMA} TO ${role};

-- For each schema in which a task lands.
CREATE SCHEMA IF NOT EXISTS "<schema>";
GRANT USAGE, CREATE ON SCHEMA "<schema>" TO ${role};

-- Or, instead of these statements: allow the role to create schemas.
-- GRANT CREATE ON DATABASE ${base} TO ${role};
`;
}

/** What a role may in its database. */
interface Rights {
  readonly database: string;
  /** Make schemas. */
  readonly creates: boolean;
  readonly temporary: boolean;
  /** Of the staging schema; null: it is not there. */
  readonly staging: { readonly usage: boolean; readonly create: boolean } | null;
  /** Schemas that tables can be made in, without Entrada's own. */
  readonly schemas: readonly string[];
}

/** One check for each right that reloads need, with the statement that grants what is missing. */
export async function checkRights(client: pg.Client, user: string): Promise<readonly TargetCheck[]> {
  const rights = await readRights(client);
  return [schemasCheck(rights, user), temporaryCheck(rights, user), stagingCheck(rights, user)];
}

async function readRights(client: pg.Client): Promise<Rights> {
  const { rows } = await client.query<Rights>(
    `SELECT current_database() AS database, has_database_privilege(current_database(), 'CREATE') AS creates,
       has_database_privilege(current_database(), 'TEMPORARY') AS temporary,
       (SELECT json_build_object('usage', has_schema_privilege(oid, 'USAGE'), 'create', has_schema_privilege(oid, 'CREATE'))
        FROM pg_namespace WHERE nspname = $1) AS staging,
       ARRAY(SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ($1, 'information_schema')
         AND has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE') ORDER BY nspname) AS schemas`,
    [STAGING_SCHEMA],
  );
  const [found] = rows;
  if (found === undefined) throw new TypeError('a SELECT without FROM answers one row');
  return found;
}

/** Schemas that a check names; more are counted. */
const NAMED = 10;

function schemasCheck({ database, creates, schemas }: Rights, user: string): TargetCheck {
  const check = { name: 'create-schemas', title: 'Schemas and tables' };
  if (creates) return { ...check, passed: true, detail: 'The role may create schemas.', remedy: null };
  const more = schemas.length > NAMED ? ` and ${schemas.length - NAMED} more` : '';
  if (schemas.length > 0) {
    const detail = `The role may not create schemas: tasks can land in ${schemas.slice(0, NAMED).join(', ')}${more}.`;
    return { ...check, passed: true, detail, remedy: null };
  }
  return {
    ...check,
    passed: false,
    detail: `The role ${user} lacks CREATE on the database ${database}, and USAGE and CREATE on every schema of it.`,
    remedy: asAdministrator(`GRANT CREATE ON DATABASE ${quote(database)} TO ${quote(user)};`),
  };
}

function temporaryCheck({ database, temporary }: Rights, user: string): TargetCheck {
  return {
    ...{ name: 'temporary-tables', title: 'Temporary tables', passed: temporary },
    detail: temporary ? null : `The role ${user} lacks TEMPORARY on the database ${database}.`,
    remedy: temporary ? null : asAdministrator(`GRANT TEMPORARY ON DATABASE ${quote(database)} TO ${quote(user)};`),
  };
}

function stagingCheck({ database, creates, staging }: Rights, user: string): TargetCheck {
  const check = { name: 'staging-schema', title: `The schema ${STAGING_SCHEMA}` };
  if (staging === null) {
    const made = `CREATE SCHEMA ${STAGING_SCHEMA}; GRANT USAGE, CREATE ON SCHEMA ${STAGING_SCHEMA} TO ${quote(user)};`;
    return {
      ...check,
      passed: creates,
      detail: creates
        ? 'The first run creates it.'
        : `The schema does not exist, and the role ${user} may not create schemas in ${database}.`,
      remedy: creates ? null : asAdministrator(made),
    };
  }
  const missing = [...(staging.usage ? [] : ['USAGE']), ...(staging.create ? [] : ['CREATE'])].join(', ');
  return {
    ...check,
    passed: missing === '',
    detail: missing === '' ? null : `The role ${user} lacks ${missing} on this schema.`,
    remedy: missing === '' ? null : asAdministrator(`GRANT ${missing} ON SCHEMA ${STAGING_SCHEMA} TO ${quote(user)};`),
  };
}

function asAdministrator(statement: string): string {
  return `As an administrator of the database: ${statement}`;
}
