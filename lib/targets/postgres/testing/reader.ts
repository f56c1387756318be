import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';

/** A name for a reader of the database, the owner's connection to it, and addresses as the reader. The role goes with the test. */
export async function nameReader(url: string) {
  const reader = { name: `reader_${randomBytes(4).toString('hex')}`, password: 'secret' };
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  onTestFinished(async () => {
    await admin.query(`DROP OWNED BY ${reader.name}; DROP ROLE ${reader.name}`);
    await admin.end();
  });
  const addressWith = (password = reader.password): string => {
    const address = new URL(url);
    Object.assign(address, { username: reader.name, password });
    return address.toString();
  };
  return { reader, admin, addressWith };
}
