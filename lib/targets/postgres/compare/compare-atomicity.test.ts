import { describe, expect, test } from 'vitest';
import { ann, bob, cid, counts, createLanding, type Landing, USERS } from '#lib/targets/postgres/testing/landing.ts';

describe('nothing half done is ever visible', () => {
  const state = 'SELECT id, "displayName" AS name, hdr__run_id AS run FROM hr.users ORDER BY id';
  const changes = 'SELECT hdr__run_id AS run, hdr__operation AS op, id FROM hr.users__ct ORDER BY 1, 2, 3';

  async function landed(): Promise<{ landing: Landing; isUntouched: () => Promise<void> }> {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: [ann, bob, cid] });
    const before = [await landing.rows(state), await landing.rows(changes)];
    return { landing, isUntouched: async () => expect([await landing.rows(state), await landing.rows(changes)]).toEqual(before) };
  }

  test('when the source fails at page 2, or too few rows came, or the chain is cancelled', async () => {
    const { landing, isUntouched } = await landed();
    const fails = {
      pages: [[ann], [bob]],
      beforePage: (index: number) => {
        if (index === 1) throw new Error('gone');
      },
    };
    await expect(landing.reload({ runId: 'run_2', source: fails })).rejects.toThrow('gone');
    await isUntouched();
    const short = await landing.reload({ runId: 'run_3', source: { pages: [[ann]], counts: [3] }, deletesConfirmed: true });
    expect(counts(short)).toEqual(['incomplete', 'dataset-incomplete', 1, 0, 0, 0, 0]);
    expect(short.notes).toEqual(['Graph counted 3 rows but sent 1. Nothing was compared, deleted or published.']);
    await isUntouched();
    const stop = new AbortController();
    const hangs = {
      pages: [[ann], [bob]],
      beforePage: (index: number) => {
        if (index === 1) {
          stop.abort();
          return new Promise<void>(() => undefined);
        }
        return undefined;
      },
    };
    expect(counts(await landing.reload({ runId: 'run_4', source: hangs, signal: stop.signal })).slice(0, 2)).toEqual([
      'cancelled',
      null,
    ]);
    await isUntouched();
  });

  test('when the run is cancelled while its transaction waits for a lock; a lost connection only delays it', async () => {
    const { landing, isUntouched } = await landed();
    await landing.client.query('BEGIN; LOCK TABLE hr.users IN ROW EXCLUSIVE MODE');
    const stop = new AbortController();
    const waiting = landing.reload({ runId: 'run_2', rows: [bob], deletesConfirmed: true, signal: stop.signal });
    await waitForBlocked(landing);
    const from = performance.now();
    stop.abort();
    expect((await waiting).state).toBe('cancelled');
    expect(performance.now() - from).toBeLessThan(2000);
    await isUntouched();
    const killed = landing.reload({ runId: 'run_3', rows: [bob], deletesConfirmed: true });
    const pid = await waitForBlocked(landing);
    await landing.client.query('SELECT pg_terminate_backend($1)', [pid]);
    const again = await waitForBlocked(landing, pid);
    expect(again).not.toBe(pid);
    await landing.client.query('ROLLBACK');
    expect(counts(await killed)).toEqual(['done', null, 1, 0, 0, 2, 1]);
    expect(await landing.rows("SELECT id FROM hr.users__ct WHERE hdr__run_id = 'run_3' ORDER BY id")).toEqual([
      { id: 'a' },
      { id: 'c' },
    ]);
    expect(await landing.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'entrada_staging'")).toEqual([
      { tablename: 'published' },
    ]);
  });

  test('two runs of one table at once: one after the other, both right', async () => {
    const landing = await createLanding();
    const reports = await Promise.all([
      landing.reload({ runId: 'run_1', rows: [ann, bob] }),
      landing.reload({ runId: 'run_2', rows: [ann, bob] }),
    ]);
    expect(reports.map((report) => report.state)).toEqual(['done', 'done']);
    expect(reports.map((report) => report.counts.inserted).sort()).toEqual([0, 2]);
  });
});

/** Waits until a session other than `other` waits for a lock on the table; returns its process id. */
async function waitForBlocked(landing: Landing, other = 0): Promise<number> {
  for (;;) {
    const { rows } = await landing.client.query<{ pid: number }>(
      "SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'relation' AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    const found = rows.find(({ pid }) => pid !== other);
    if (found !== undefined) return found.pid;
  }
}

test('datasets of one schema may be published for the first time at once, and the role that reads them may', async () => {
  const { reload, rows } = await createLanding();
  await rows('DO $$ BEGIN CREATE ROLE entrada_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$');
  const publish = async (names: readonly string[]): Promise<void> => {
    const reports = await Promise.all(
      names.map((name) => reload({ runId: `run_${name}`, dataset: { ...USERS, name }, rows: [ann, bob] })),
    );
    expect(reports.map(({ state, problem }) => [state, problem])).toEqual(names.map(() => ['done', null]));
    const readable = names.map((name) => `has_table_privilege('entrada_reader', 'hr.${name}', 'SELECT')`).join(' AND ');
    expect(await rows(`SELECT has_schema_privilege('entrada_reader', 'hr', 'USAGE') AND ${readable} AS readable`)).toEqual([
      { readable: true },
    ]);
  };
  await publish(['users', 'groups', 'devices', 'contacts']);
  // The schema exists from here on.
  await publish(['applications', 'domains', 'subscribed_skus', 'administrative_units']);
});
