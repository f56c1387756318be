import pg from 'pg';
import type { Cell, DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import { RUN_ID_COLUMN } from '#lib/targets/database/header-columns.ts';
import { notLanded } from '#lib/targets/not-landed.ts';
import { toLandingError } from '#lib/targets/postgres/landing-error.ts';
import { createClient, type PostgresServer } from '#lib/targets/postgres/server.ts';
import type { RowsPage } from '#lib/targets/target.ts';

/**
 * Landed rows of a table in key order, with the header columns.
 * @throws AppError `not-landed-yet`, also for a table that Entrada did not land.
 */
export async function readTableRows(
  server: PostgresServer,
  schema: string,
  dataset: DatasetDefinition,
  page: RowsPage,
): Promise<RowsDto> {
  return withReader(server, async (client) => {
    const { rows: found } = await client.query<{ name: string; type: string }>(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`,
      [schema, dataset.name],
    );
    // A table that Entrada did not land is never shown, whatever a task names.
    if (!found.some(({ name }) => name === RUN_ID_COLUMN)) throw notLanded(dataset);
    const known = new Map(dataset.columns.map((column) => [column.name, column]));
    const names = new Set(found.map(({ name }) => name));
    const keys = dataset.columns
      .filter((column) => column.key && names.has(column.name))
      .map(({ name }) => pg.escapeIdentifier(name));
    const order = keys.length === 0 ? '' : `ORDER BY ${keys.join(', ')}`;
    const table = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(dataset.name)}`;
    // All values except numbers and booleans as text: exact, and small enough for a page.
    const cells = found.map(
      ({ name, type }) => `${pg.escapeIdentifier(name)}${/^(boolean|integer|double precision)$/.test(type) ? '' : '::text'}`,
    );
    const { rows } = await client.query({
      text: `SELECT ${cells.join(', ')} FROM ${table} ${order} OFFSET $1 LIMIT $2`,
      values: [page.offset, page.limit],
      rowMode: 'array',
    });
    const { rows: counted } = await client.query<{ total: string }>(`SELECT count(*) AS total FROM ${table}`);
    return {
      columns: found.map(({ name, type }) => ({ name, type: known.get(name)?.type ?? headerType(type) })),
      rows: rows as Cell[][],
      total: Number(counted[0]?.total ?? 0),
    };
  });
}

function headerType(type: string): RowsDto['columns'][number]['type'] {
  if (type.startsWith('timestamp')) return 'dateTimeOffset';
  return type === 'bigint' ? 'int64' : 'string';
}

/** A short, read-only connection. */
export async function withReader<T>(server: PostgresServer, work: (client: pg.Client) => Promise<T>): Promise<T> {
  let client: pg.Client | null = null;
  try {
    client = await createClient(server, { statement_timeout: 20_000 });
    await client.connect();
    await client.query("SET timezone = 'UTC'; SET datestyle = 'ISO'; SET default_transaction_read_only = on");
    return await work(client);
  } catch (error) {
    throw toLandingError(error);
  } finally {
    await client?.end().catch(() => undefined);
  }
}
