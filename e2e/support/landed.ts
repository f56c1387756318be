import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import type { EmulatorInfo } from '#lib/emulator/info.ts';
import type { TenantAccess } from './graph-sdk.ts';
import type { Product } from './product.ts';

type Row = Readonly<Record<string, unknown>>;

/** The demo tenant for an independent client. */
export function tenantOf(info: EmulatorInfo): TenantAccess {
  const { graphBaseUrl, authority, tenantId, clientId, clientSecret } = info;
  return { graphBaseUrl, authority, tenantId, clientId, clientSecret, caPem: readFileSync(info.caFile, 'utf8') };
}

/** Connection strings that products printed, cached: starting a process takes longer than a query. */
const landingUrls = new WeakMap<Product, Promise<string>>();

function landingUrl(app: Product): Promise<string> {
  const url = landingUrls.get(app) ?? app.cli(['landing-url']).then(({ stdout }) => stdout.trim());
  landingUrls.set(app, url);
  return url;
}

/** Rows of the landing database, read with the printed connection string. */
export async function queryLanding(app: Product, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: await landingUrl(app) });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Rows of a lake folder: the Parquet files of the version in `latest`. */
export async function readLake(app: Product, folder: string, dataset: string): Promise<Row[]> {
  const home = join(app.dataDir, 'lake', folder, dataset);
  const version = readFileSync(join(home, 'latest'), 'utf8').trim();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const answer = await connection.runAndReadAll(`SELECT * FROM read_parquet('${join(home, version)}/*.parquet')`);
    return answer.getRowObjectsJson() as Row[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Every nth row: a deterministic sample. */
export function sample<T>(rows: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.floor(rows.length / count));
  return rows.filter((_, index) => index % step === 0).slice(0, count);
}
