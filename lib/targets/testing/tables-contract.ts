import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { icebergRead } from 'icebird';
import { describe, expect, test, vi } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LakeCompareSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { readDeltaTable } from './delta-reader.ts';
import { reloadInto } from './reload-into.ts';
import { PEOPLE, peopleOf, type Row, sent, shown } from './table-rig.ts';

export interface TablesContract {
  create(): Promise<TargetAccess>;
  /** Opens folders of the target, to look into them. */
  open(access: TargetAccess): (...names: readonly string[]) => Promise<LakeStore>;
  readonly rules: TargetRules;
  /** What runs say of the store. */
  readonly notes: readonly unknown[];
}

const FOLDER = 'f';
const TASK: TaskTarget = {
  method: 'reload-and-compare-files',
  targetId: 'targ_33333333333333333333',
  settings: LakeCompareSettings.parse({ folder: FOLDER, tables: 'delta-and-iceberg', versionsKept: 1 }),
};

/** What every store guarantees of open tables: readers that are not ours see each run as one state. */
export function describeTablesContract(name: string, { create, open, rules, notes }: TablesContract): void {
  describe(`the contract of open tables: ${name}`, () => {
    test('runs that compare are snapshots of a Delta and an Iceberg table, and what no snapshot names is gone', async () => {
      const access = await create();
      const reload = (runId: string, rows: readonly Row[], second: number) =>
        reloadInto({
          ...{ access, task: TASK, dataset: PEOPLE, runId, rules, source: { pages: [rows] }, deletesConfirmed: true },
          now: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
        });
      const [first, second] = [peopleOf(5), peopleOf(2)];
      expect(await reload('run_1', first, 1)).toMatchObject({ state: 'done', problem: null, counts: { inserted: 2 }, notes });
      expect(await reload('run_2', second, 2)).toMatchObject({ state: 'done', counts: { inserted: 1, updated: 2 }, notes });
      expect(await reload('run_3', second.slice(1), 3)).toMatchObject({ counts: { inserted: 0, updated: 0, deleted: 1 } });
      const store = await open(access)(FOLDER, PEOPLE.name);
      const copy = await copyOf(store);
      expect(shown(await readDeltaTable(copy))).toEqual(sent(second.slice(1)));
      expect(shown(await readIceberg(store, copy))).toEqual(sent(second.slice(1)));
      expect((await store.list('v=')).some((path) => path.includes('run_1'))).toBe(false);
      const wanted = { task: TASK, dataset: PEOPLE, filter: { runId: 'run_3', operation: null, limit: 10 } };
      expect(await findTargetModule(access.kind).readChanges(access, rules, wanted)).toMatchObject({
        changes: [{ operation: 'delete', key: '0' }],
      });
    });
  });
}

/** All files of a store in a local folder. */
async function copyOf(store: LakeStore): Promise<string> {
  const [copy, downloads] = [temporaryFolder(), temporaryFolder()];
  for (const name of await store.list('')) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    copyFileSync(await store.download(name, downloads), join(copy, name));
  }
  return copy;
}

/** By icebird, which gets the addresses of the store out of the copy. It asks Amazon for `s3://`. */
async function readIceberg({ uri }: LakeStore, copy: string): Promise<readonly Row[]> {
  const folder = new URL(uri).pathname.replace(/^\/+/, '');
  const get = async (url: string, { headers = {}, method = 'GET' }: RequestInit = {}): Promise<Response> => {
    const path = join(copy, decodeURIComponent(new URL(url).pathname).split(`/${folder}/`)[1] ?? '');
    if (!existsSync(path)) return new Response(null, { status: 404 });
    const bytes = readFileSync(path);
    const [, from = '0', to] = /bytes=(\d+)-(\d*)/.exec(new Headers(headers).get('range') ?? '') ?? [];
    const part = bytes.subarray(Number(from), to === undefined || to === '' ? bytes.byteLength : Number(to) + 1);
    return new Response(method === 'HEAD' ? null : part, {
      status: new Headers(headers).has('range') ? 206 : 200,
      headers: { 'content-length': String(part.byteLength) },
    });
  };
  vi.stubGlobal('fetch', get);
  try {
    return await icebergRead({ tableUrl: uri });
  } finally {
    vi.unstubAllGlobals();
  }
}
