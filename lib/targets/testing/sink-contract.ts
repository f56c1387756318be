import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { Sink } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { EDGE_CASE_ROWS, expected, HOSTILE, landed, type Row, THINGS } from './contract-rows.ts';
import { NO_RULES, type ReloadInto, reloadInto } from './reload-into.ts';

/** A sink for the contract. */
export interface ContractSink {
  readonly task: TaskTarget;
  /** Creates a target, which is deleted when the test ends. */
  create(): Promise<TargetAccess>;
  /** Rules for the target; default: no private network. */
  readonly rules?: TargetRules;
}

const MIB = 2 ** 20;

/** Rows of reloads: in the second one, one row is new, one is gone and one has changed. */
const FIRST = [row('a', 1), row('b', 1), row('c', 1)];
const SECOND = [row('a', 1), row('b', 2), row('d', 2)];

/** Guarantees of every sink, whatever the target (`<kind>/sink-contract.test.ts`). */
export function describeSinkContract(name: string, sink: ContractSink): void {
  const start = () => startTarget(sink);
  describe(`the sink contract: ${name}`, () => {
    testValues(start);
    testReloads(start);
    testInterruptions(start);
  });
}

type Start = () => ReturnType<typeof startTarget>;

async function startTarget({ task, create, rules = NO_RULES }: ContractSink) {
  const access = await create();
  let second = 0;
  const reload = (runId: string, rows: readonly Row[], more: Partial<ReloadInto> = {}) =>
    reloadInto({
      ...{ access, task, dataset: THINGS, runId, source: { pages: [rows] }, deletesConfirmed: true, rules },
      now: new Date(Date.UTC(2026, 0, 1, 0, 0, second++)).toISOString(),
      ...more,
    });
  return { reload, landed: (dataset = THINGS) => landed(access, task, { dataset, rules }) };
}

/** Values that are read back equal the values that were sent. */
function testValues(start: Start): void {
  test('values of every type come back as they were sent, at the edges of their types as well', async () => {
    const target = await start();
    expect(await target.reload('run_1', EDGE_CASE_ROWS)).toMatchObject({ state: 'done', problem: null });
    expect(await target.landed()).toEqual(expected(EDGE_CASE_ROWS));
  });

  test('what has no value is null in every type, and an empty text is not', async () => {
    const target = await start();
    const nulls = Object.fromEntries(THINGS.columns.map(({ sourcePath }) => [sourcePath, null]));
    const rows = [{ ...nulls, id: 'null' }, { id: 'missing' }, { id: 'empty', text: '', tags: [] }];
    expect(await target.reload('run_1', rows)).toMatchObject({ state: 'done', counts: { inserted: 3 } });
    expect(await target.landed()).toEqual(expected(rows));
  });

  test('text comes back as it was sent, whatever is in it', async () => {
    const target = await start();
    const rows = HOSTILE.map((text, index) => ({ id: `${index}`, text, tags: { [text]: text }, 'odd "name" ü': text }));
    expect(await target.reload('run_1', rows)).toMatchObject({ state: 'done', problem: null });
    expect(await target.landed()).toEqual(expected(rows));
  });

  test('values of megabytes come back whole', async () => {
    const target = await start();
    const rows = [{ id: 'a', text: 'ä🌿x'.repeat(MIB), tags: Array.from({ length: 100_000 }, (_, index) => `item ${index}`) }];
    expect(await target.reload('run_1', rows)).toMatchObject({ state: 'done', problem: null });
    expect(JSON.stringify(await target.landed()) === JSON.stringify(expected(rows))).toBe(true);
  });
}

/** Consecutive reloads, and a repeated one. */
function testReloads(start: Start): void {
  test('a dataset without rows has its columns; one that became empty is empty', async () => {
    const target = await start();
    expect(await target.reload('run_1', [])).toMatchObject({ state: 'done', counts: { inserted: 0 } });
    expect(await target.landed()).toEqual({});
    await target.reload('run_2', FIRST);
    expect(await target.reload('run_3', [])).toMatchObject({ state: 'done', problem: null });
    expect(await target.landed()).toEqual({});
  });

  test('the next reload leaves exactly the rows of the source', async () => {
    const target = await start();
    await target.reload('run_1', FIRST);
    expect(await target.reload('run_2', SECOND)).toMatchObject({ state: 'done', problem: null });
    expect(await target.landed()).toEqual(expected(SECOND));
  });

  test('a run that is published again answers what it did, and changes nothing', async () => {
    const target = await start();
    await target.reload('run_1', FIRST);
    const first = await target.reload('run_2', SECOND);
    const again = await target.reload('run_2', FIRST);
    expect(again.counts).toMatchObject(pick(first.counts));
    expect(await target.landed()).toEqual(expected(SECOND));
  });

  test('a run whose process died after the publish goes on as published', async () => {
    const target = await start();
    await target.reload('run_1', FIRST);
    const stageDir = join(temporaryFolder(), 'stage');
    const dies = (inner: Sink): Sink => ({ ...inner, publish: (...input) => inner.publish(...input).then(() => fail('died')) });
    expect(await target.reload('run_2', SECOND, { stageDir, wrapSink: dies })).toMatchObject({ state: 'failed' });
    expect(await target.landed()).toEqual(expected(SECOND));
    expect(await target.reload('run_2', SECOND, { stageDir })).toMatchObject({ state: 'done', problem: null });
    expect(await target.landed()).toEqual(expected(SECOND));
  });

  test('a dataset of its own beside it is left alone', async () => {
    const target = await start();
    const other = fakeDataset({ id: 'string' }, { name: 'others' });
    await target.reload('run_1', FIRST);
    await target.reload('run_2', [{ id: 'x' }], { dataset: other });
    expect(await target.landed()).toEqual(expected(FIRST));
    expect(await target.landed(other)).toEqual({ x: { id: 'x' } });
  });
}

/** What readers see during a publish, or after it was interrupted. */
function testInterruptions(start: Start): void {
  test.each(['aborted', 'failed'] as const)(
    'a publish that is %s in the middle shows what was there, and can be repeated',
    async (how) => {
      const target = await start();
      await target.reload('run_0', FIRST);
      let step = 0;
      for (let broken = true; broken; ) {
        step++;
        const stop = new AbortController();
        const breaker = breakAt(step, () => (how === 'aborted' ? stop.abort() : fail('no disk')));
        const { state } = await target.reload(`run_${step}`, SECOND, { signal: stop.signal, wrapSink: breaker.wrapSink });
        broken = breaker.broke();
        if (broken && state !== 'done') expect(await target.landed(), `broken at step ${step}`).toEqual(expected(FIRST));
        // An abort after everything is visible ends as done.
        else expect(state).toBe('done');
        if (state === 'done') await target.reload(`run_${step}_back`, FIRST);
      }
      expect(step).toBeGreaterThan(1);
      expect(await target.reload('run_last', SECOND)).toMatchObject({ state: 'done', problem: null });
      expect(await target.landed()).toEqual(expected(SECOND));
    },
  );

  test('who reads while it is published sees one state or another, never a part', async () => {
    const target = await start();
    const generation = (number: number) => Array.from({ length: 300 }, (_, index) => row(`${index}`, number));
    await target.reload('run_0', generation(0));
    let reads = 0;
    let done = false;
    const reading = (async () => {
      for (; !done; reads++) {
        const numbers = Object.values(await target.landed()).map(({ number }) => number);
        expect([numbers.length, new Set(numbers).size]).toEqual([300, 1]);
      }
    })();
    // Awaited at the end, whatever the reloads do.
    reading.catch(() => undefined);
    try {
      for (let number = 1; number <= 3; number++) {
        expect(await target.reload(`run_${number}`, generation(number))).toMatchObject({ state: 'done' });
      }
    } finally {
      done = true;
      await reading;
    }
    expect(reads).toBeGreaterThan(0);
  });
}

function row(id: string, number: number): Row {
  return { id, number, text: `${id} ${number}` };
}

function fail(reason: string): never {
  throw new Error(reason);
}

function pick({ inserted, updated, deleted }: { inserted: number; updated: number; deleted: number }) {
  return { inserted, updated, deleted };
}

/** Calls `happen` at the `step`-th access of a publish to the staged rows. */
function breakAt(step: number, happen: () => void) {
  let uses = 0;
  const watch = (staged: StagedRows): StagedRows =>
    new Proxy(staged, {
      get: (rows, name) => {
        const value: unknown = Reflect.get(rows, name, rows);
        if (typeof value !== 'function') return value;
        return (...input: unknown[]) => {
          if (++uses === step) happen();
          return Reflect.apply(value, rows, input) as unknown;
        };
      },
    });
  return {
    broke: () => uses >= step,
    wrapSink: (sink: Sink): Sink => ({ ...sink, publish: (staged, options) => sink.publish(watch(staged), options) }),
  };
}
