import { join } from 'node:path';

/** The folder of package.json, absolute. */
export const ROOT = join(import.meta.dirname, '../..');
