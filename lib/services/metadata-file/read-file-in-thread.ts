import { join } from 'node:path';
import type { ReadFile } from './read-file.ts';

/** Longest time that a file may take, milliseconds; every type of Graph's v1.0 as YAML takes some 10 s. */
const TIME_MAX_MS = 30_000;
const MEMORY_MAX_MB = 1024;
/** From the root of the project, where every process runs: threads load the sources, not the bundle of the web app. */
const THREAD = 'lib/services/metadata-file/read-file-thread.ts';

/** Under another name and not imported: the bundler of the web app would turn `new Worker(...)` into a bundle of its own, which can't be found. */
const { Worker: Thread } = process.getBuiltinModule('node:worker_threads');

/** Files are read one after the other: each may take a processor and a gigabyte. */
let last: Promise<unknown> = Promise.resolve();

/**
 * `readFile` in a thread of its own, so that the process goes on meanwhile. A file that takes longer than 30 s or more memory than
 * there is to take is a problem like any other.
 */
export function readFileInThread(text: string, { timeMaxMs = TIME_MAX_MS } = {}): Promise<ReadFile> {
  const read = last.then(() => readApart(text, timeMaxMs));
  last = read.catch(() => undefined);
  return read;
}

async function readApart(text: string, timeMaxMs: number): Promise<ReadFile> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadFile>();
  const thread = new Thread(join(process.cwd(), THREAD), {
    workerData: text,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB, stackSizeMb: 16 },
  });
  const timer = setTimeout(() => resolve(tooHard(`It could not be read within ${timeMaxMs / 1000} s.`)), timeMaxMs);
  thread.once('message', resolve);
  thread.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(tooHard('It takes more memory than a file may.'));
    else if (error instanceof RangeError) resolve(tooHard('It is nested too deeply.'));
    else reject(error);
  });
  thread.once('exit', (code) => reject(new Error(`the thread that read a file ended with ${code}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

function tooHard(message: string): ReadFile {
  const remedy = 'Correct it, or split it: each file holds whole datasets, and those that it does not name stay as they are.';
  return { ok: false, problems: [{ path: '', line: null, column: null, message, remedy }] };
}
