import { parentPort, workerData } from 'node:worker_threads';
import { readFile } from './read-file.ts';

// A thread of its own for one file: what reads it may take seconds, and as much memory as the file asks for.
parentPort?.postMessage(readFile(workerData as string));
