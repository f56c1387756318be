import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** What an object store says of a file of a lake. */
export function contentType(name: string): string {
  if (name.endsWith('.json')) return 'application/json';
  if (name.endsWith('.parquet')) return 'application/vnd.apache.parquet';
  return name.endsWith('.csv') ? 'text/csv; charset=utf-8' : 'application/octet-stream';
}

/** A new path in the folder for the copy of an object. */
export function downloadPath(folder: string, name: string): string {
  return join(folder, `${randomUUID()}-${name.split('/').at(-1) ?? ''}`);
}
