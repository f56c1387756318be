import { forwardDatabase } from './database-forward.ts';

/* A database server of a network; a program of its own, since it runs in a network namespace. */

const [host = '', socketPath = ''] = process.argv.slice(2);
await forwardDatabase(host, socketPath);
process.on('disconnect', () => process.exit(0));
process.send?.({ value: null });
