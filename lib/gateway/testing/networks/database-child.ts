import { recordCallers } from './callers.ts';
import { forwardDatabase } from './database-forward.ts';

/* A database server of a network; a program of its own, since it runs in a network namespace. Says who connected to it. */

const [host = '', socketPath = ''] = process.argv.slice(2);
const callers = recordCallers();
await forwardDatabase(host, socketPath);
process.on('message', () => process.send?.({ value: callers() }));
process.on('disconnect', () => process.exit(0));
process.send?.({ value: null });
