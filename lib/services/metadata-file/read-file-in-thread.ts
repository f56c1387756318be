import { join } from 'node:path';
import type { ReadFile } from './read-file.ts';

/** Time limit for a file, milliseconds; all types of Graph's v1.0 as YAML take about 10 s. */
const TIME_MAX_MS = 30_000;
const MEMORY_MAX_MB = 1024;
/** Relative to the root of the project, the working directory of every process: threads load the source files, not the bundle of the web app. */
const THREAD = 'lib/services/metadata-file/read-file-thread.ts';

/** Renamed and not imported: the bundler of the web app would bundle the argument of `new Worker(...)` separately, where it is not found. */
const { Worker: Thread } = process.getBuiltinModule('node:worker_threads');

/** Files are read one after the other: each may use one processor and 1 GB of memory. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `readFile` in a separate thread, so that the process stays responsive. Exceeding 30 s or the memory limit
 * is reported as a problem of the file.
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
  const timer = setTimeout(() => resolve(tooHard(`Entrada could not read the file within ${timeMaxMs / 1000} s.`)), timeMaxMs);
  thread.once('message', resolve);
  thread.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(tooHard('The file needs more memory than Entrada allows for a file.'));
    else if (error instanceof RangeError) resolve(tooHard('The file is nested too deeply.'));
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
  const remedy =
    'Correct the file, or split it into several files with whole datasets. An import does not change datasets that are not in the file.';
  return { ok: false, problems: [{ path: '', line: null, column: null, message, remedy }] };
}
