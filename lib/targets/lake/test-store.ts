import { randomUUID } from 'node:crypto';
import type { TargetCheck, TargetTest } from '#lib/domain/target/target.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { LakeStore } from './lake-store.ts';

interface Step {
  readonly name: string;
  readonly title: string;
  run(store: LakeStore, object: string): Promise<void>;
}

const STEPS: readonly Step[] = [
  { name: 'write', title: 'Write a file', run: (store, object) => store.put(object, object) },
  { name: 'read', title: 'Read it back', run: async (store, object) => expectThat((await store.get(object)) === object) },
  { name: 'list', title: 'List it', run: async (store, object) => expectThat((await store.list(object)).includes(object)) },
  { name: 'delete', title: 'Delete it', run: (store, object) => store.delete(object) },
];

/** Performs the operations of a reload with one small file: one check per required right. Deletes everything it wrote. */
export async function testStore(open: () => Promise<LakeStore>, signal: AbortSignal): Promise<TargetTest> {
  const object = `entrada-test-${randomUUID()}`;
  let store: LakeStore;
  try {
    store = await open();
  } catch (error) {
    return { passed: false, checks: [failed({ name: 'open', title: 'Reach the store' }, error)] };
  }
  const checks: TargetCheck[] = [];
  for (const step of STEPS) {
    try {
      signal.throwIfAborted();
      await unlessAborted(step.run(store, object), signal);
      checks.push({ name: step.name, title: step.title, passed: true, detail: null, remedy: null });
    } catch (error) {
      checks.push(failed(step, error));
      // Without a written object, reading and listing cannot be tested; an object that was written is deleted in any case.
      if (step.name === 'write' || signal.aborted) break;
    }
  }
  return { passed: checks.every(({ passed }) => passed), checks };
}

function failed({ name, title }: Pick<Step, 'name' | 'title'>, error: unknown): TargetCheck {
  const problem = error instanceof AppError ? error.problem : null;
  const detail = problem?.title ?? (error instanceof Error ? error.message : String(error));
  return { name, title, passed: false, detail, remedy: problem?.remedy ?? 'Check the settings of the target.' };
}

function expectThat(holds: boolean): void {
  if (!holds) throw new Error('The test file has other content than Entrada wrote.');
}

/** Rejects at an abort, so that a store that does not answer cannot extend the test beyond its time limit. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
