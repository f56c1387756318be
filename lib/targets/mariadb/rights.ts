import type { TargetCheck } from '#lib/domain/target/target.ts';
import type { MariadbSession } from './session.ts';
import type { MariadbSettings } from './settings.ts';
import { literal, quote } from './table/names.ts';

const RIGHTS = [
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX'],
  ...['CREATE TEMPORARY TABLES', 'TRIGGER'],
] as const;
type Right = (typeof RIGHTS)[number];

/** SQL for an administrator of the server: the user of the target with the least rights that reloads need. */
export function roleSql({ database, user }: MariadbSettings): string {
  const grantee = `${literal(user)}@'%'`;
  return `-- As an administrator of the server. Replace % by the address from which Entrada connects.
CREATE DATABASE IF NOT EXISTS ${quote(database)};
CREATE USER IF NOT EXISTS ${grantee} IDENTIFIED BY '<password>';
-- TRIGGER: without this right, Entrada cannot see triggers that you add to a table, and they are lost when the table is replaced.
GRANT ${RIGHTS.join(', ')}
  ON ${quote(database)}.* TO ${grantee};
`;
}

/** Of a table that is never there: a right is checked before the table is looked for. */
const MISSING = '`entrada_never_there`';

/** A statement that is refused for want of the right, and does nothing where the user has it. */
const PROBES: Readonly<Record<Right, string>> = {
  SELECT: `SELECT 1 FROM ${MISSING}`,
  INSERT: `INSERT INTO ${MISSING} VALUES (1)`,
  UPDATE: `UPDATE ${MISSING} SET id = 1`,
  DELETE: `DELETE FROM ${MISSING}`,
  CREATE: `CREATE TABLE \`entrada_never_made\` LIKE ${MISSING}`,
  DROP: `DROP TABLE ${MISSING}`,
  ALTER: `ALTER TABLE ${MISSING} COMMENT = ''`,
  INDEX: `CREATE INDEX entrada_index ON ${MISSING} (id)`,
  'CREATE TEMPORARY TABLES': 'CREATE OR REPLACE TEMPORARY TABLE entrada_probe (id int)',
  TRIGGER: `CREATE TRIGGER entrada_trigger BEFORE INSERT ON ${MISSING} FOR EACH ROW SET @entrada = 1`,
};

/** Whether the user has each right that reloads need, with the statement that grants what is missing. */
export async function checkRights(session: MariadbSession, { database }: MariadbSettings): Promise<TargetCheck> {
  const missing: Right[] = [];
  for (const right of RIGHTS) if (!(await hasRight(session, right))) missing.push(right);
  const check = { name: 'rights', title: 'Rights in the database' };
  if (missing.length === 0) return { ...check, passed: true, detail: null, remedy: null };
  const [me] = await session.query('SELECT CURRENT_USER() AS name');
  const [user = '', host = '%'] = String(me?.['name']).split(/@(?=[^@]*$)/);
  return {
    ...check,
    passed: false,
    detail: `The user ${user} lacks ${missing.join(', ')}.`,
    remedy: `As an administrator of the server: GRANT ${missing.join(', ')} ON ${quote(database)}.* TO ${literal(user)}@${literal(host)};`,
  };
}

async function hasRight(session: MariadbSession, right: Right): Promise<boolean> {
  try {
    await session.run(PROBES[right]);
    return true;
  } catch (error) {
    const number = errorNumberOf(error);
    // 1044, 1142, 1143: denied. CREATE ... LIKE is denied for want of SELECT too.
    if (![1044, 1142, 1143].includes(number)) return true;
    return right === 'CREATE' && !/CREATE command/.test(String((error as Error).cause));
  }
}

/** Number of an error of the server; 0: it is none. */
export function errorNumberOf(error: unknown): number {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return (cause as { readonly errno?: number } | null)?.errno ?? 0;
}
