import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Client } from '@microsoft/microsoft-graph-client';
import pg from 'pg';
import { readAllRows } from '../../../e2e/support/graph-sdk.ts';

/** Properties by which users are compared, and which the demo tenant changes. */
export const USER_COLUMNS = [
  'id',
  'displayName',
  'userPrincipalName',
  'accountEnabled',
  'jobTitle',
  'department',
  'city',
  'mobilePhone',
];

/** Rows of a target or of the tenant, as sorted lines, so that a test shows the differences. */
export interface Rows {
  readonly users: readonly string[];
  readonly group_members: readonly string[];
}

/** What the official Graph SDK reads. */
export async function readTenantRows(sdk: Client): Promise<Rows> {
  const users = await readAllRows(sdk, `/users?$select=${USER_COLUMNS.join(',')}&$top=999`);
  const groups = await readAllRows(sdk, '/groups?$select=id&$top=999');
  const members: string[] = [];
  for (const { id } of groups) {
    const path = `/groups/${String(id)}/members?$select=id&$top=999&$count=true`;
    const rows = await readAllRows(sdk, path, { ConsistencyLevel: 'eventual' });
    for (const row of rows) members.push(lineOf([id, row['id'], row['@odata.type']]));
  }
  return { users: users.map((row) => lineOf(USER_COLUMNS.map((name) => row[name]))).sort(), group_members: members.sort() };
}

const USERS_SQL = USER_COLUMNS.map((name) => `"${name}"`).join(', ');

/** What is landed in a schema. */
export async function readLandedRows(landingUrl: string, schema: string): Promise<Rows> {
  const client = new pg.Client({ connectionString: landingUrl });
  await client.connect();
  try {
    const read = async (sql: string): Promise<string[]> =>
      (await client.query({ text: sql, rowMode: 'array' })).rows.map((row: unknown[]) => lineOf(row)).sort();
    return {
      users: await read(`SELECT ${USERS_SQL} FROM ${schema}.users`),
      group_members: await read(`SELECT group_id, id, type FROM ${schema}.group_members`),
    };
  } finally {
    await client.end();
  }
}

/** The version that `latest` names. */
export async function readLakeRows(folder: string): Promise<Rows> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const read = async (dataset: string, columns: readonly string[]): Promise<string[]> => {
    const home = join(folder, dataset);
    const version = readFileSync(join(home, 'latest'), 'utf8').trim();
    const files = `read_parquet('${join(home, version)}/*.parquet')`;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${files}`);
    const there = new Set(described.getRowsJson().map(([name]) => name));
    // A version lacks the columns that could not be read.
    const wanted = columns.map((name) => (there.has(name) ? `"${name}"` : 'NULL'));
    const answer = await connection.runAndReadAll(`SELECT ${wanted.join(', ')} FROM ${files}`);
    return answer.getRowsJson().map(lineOf).sort();
  };
  try {
    return { users: await read('users', USER_COLUMNS), group_members: await read('group_members', ['group_id', 'id', 'type']) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function lineOf(values: readonly unknown[]): string {
  return JSON.stringify(values.map((value) => value ?? null));
}
