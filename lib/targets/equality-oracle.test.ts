import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase } from './built-in.ts';
import { findMariadbd, type MariadbServer, startMariadb } from './mariadb/testing/mariadb-server.ts';
import type { Row } from './testing/contract-rows.ts';
import { describeEqualityOracle } from './testing/equality-oracle.ts';
import { LOCAL_RULES } from './testing/local-rules.ts';
import { NO_RULES } from './testing/reload-into.ts';

/** A few here; 50 by ENTRADA_TEST_ROUNDS=50. */
const play = { rounds: Number(process.env['ENTRADA_TEST_ROUNDS'] ?? 4), seed: Number(process.env['ENTRADA_TEST_SEED'] ?? 7) };
const VERSIONS = 'id, number, hdr__from_timestamp AS valid_from, hdr__to_timestamp AS valid_to';

describeEqualityOracle(
  'PostgreSQL',
  async () => {
    const url = await createEmptyDatabase();
    return {
      ...{ access: landingDatabase(url), rules: NO_RULES },
      async versions(schema) {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        try {
          const times = VERSIONS.replaceAll('timestamp AS', "timestamp AT TIME ZONE 'UTC' AS").replace(
            /(hdr__\w+ AT TIME ZONE 'UTC')/g,
            '($1)::text',
          );
          return (await client.query<Row>(`SELECT ${times} FROM ${schema}.things__history`)).rows;
        } finally {
          await client.end();
        }
      },
    };
  },
  play,
);

describeEqualityOracle(
  'a DuckDB file',
  async () => ({
    access: { kind: 'duckdb-file', settings: { path: temporaryFolder() }, secrets: null, builtIn: true },
    rules: NO_RULES,
  }),
  play,
);

const mariadbd = findMariadbd();
describe.skipIf(mariadbd === null)('with mariadbd', () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb(mariadbd ?? '');
  }, 180_000);
  afterAll(() => server.stop());

  describeEqualityOracle(
    'MariaDB',
    async () => {
      const database = await server.createDatabase();
      return {
        ...{ access: server.access(database), rules: LOCAL_RULES },
        async versions(schema) {
          const connection = await server.connect(database);
          try {
            const [rows] = await connection.query(`SELECT ${VERSIONS} FROM ${schema}_things__history`);
            return rows as Row[];
          } finally {
            await connection.end();
          }
        },
      };
    },
    play,
  );
});
