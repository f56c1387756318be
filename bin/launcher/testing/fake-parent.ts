// A supervisor with one part, for a test that kills it. Prints the part's pid.
import { join } from 'node:path';
import { createSupervisor } from '../process/supervisor.ts';

const supervisor = createSupervisor({ onGiveUp: () => {}, onRestart: () => {} });
const script = join(import.meta.dirname, 'fake-part.ts');
const info = (await supervisor.start({ name: 'part', command: ['stay'], env: {}, stopWithinMs: 1000, script })) as {
  pid: number;
};
process.stdout.write(`${info.pid}\n`);
