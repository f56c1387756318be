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

/** Does with one small file what a reload does with many: a check for each right that it needs. Nothing is left behind. */
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
      // What was not written can be neither read nor listed; what was is deleted all the same.
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
  if (!holds) throw new Error('What was read is not what was written.');
}

/** A store that does not answer must not hold the test for longer than its time. */
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
