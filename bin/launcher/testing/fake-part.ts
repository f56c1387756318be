// A part of Entrada for the supervisor's tests. Its first argument selects its behaviour.
import { appendFileSync } from 'node:fs';
import { runUntilStopped } from '../process/child.ts';

const [behaviour = 'stay', file = ''] = process.argv.slice(2);
// Keeps the process running after the IPC channel has closed.
setInterval(() => {}, 60_000);
if (file !== '') appendFileSync(file, `${process.pid}\n`);

switch (behaviour) {
  case 'stay':
    await runUntilStopped({ pid: process.pid }, async () => {});
    break;
  case 'never-ready':
    break;
  case 'die-at-once':
    console.error('I can not go on');
    process.exit(3);
    break;
  case 'die-when-ready':
    process.send?.({ type: 'ready', info: process.pid }, () => {
      console.error('I can not go on');
      process.exit(3);
    });
    break;
  case 'hang':
    process.on('SIGTERM', () => {});
    process.send?.({ type: 'ready', info: { pid: process.pid } });
    break;
  default:
    throw new Error(`There is no behaviour ${behaviour}.`);
}
