import { parentPort, workerData } from 'node:worker_threads';
import { readFile } from './read-file.ts';

// Entry point of the thread that reads one file: parsing may take seconds, and memory in proportion to the file.
parentPort?.postMessage(readFile(workerData as string));
