import { z } from 'zod';
import { hashOf } from './landing-names.ts';

/** The folder that the form offers first: one for each task, below one for its connection. */
export const FOLDER_OF_TASK = '{connection}/{task}';

const PLACEHOLDERS = ['{connection}', '{task}', '{dataset}', '{date}'] as const;
const DATASET = '{dataset}';
const DATE = '{date}';
/** Longest part of a path that a name becomes, before the hash of a name with letters that a path cannot have. */
const NAME_LENGTH_MAX = 48;
const PATH = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,4}$/;

/**
 * Folder of a task below its target; empty: the root. `{connection}` and `{task}` stand for the names, `{dataset}` for the table (without it
 * each dataset has a folder of its name below), and `{date}` at the end puts each version into the folder of its day.
 */
export const LakeFolder = z
  .string()
  .trim()
  .superRefine((folder, context) => {
    const message = folderProblem(folder);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

function folderProblem(folder: string): string | null {
  const placeholders: readonly string[] = folder.match(/\{[^{}/]*\}/g) ?? [];
  const unknown = placeholders.find((one) => !PLACEHOLDERS.some((known) => known === one));
  if (unknown !== undefined) return `${unknown} is not known. Use ${PLACEHOLDERS.join(', ')}.`;
  const twice = placeholders.find((one, at) => placeholders.lastIndexOf(one) !== at);
  if (twice !== undefined) return `Use ${twice} only once.`;
  if (folder.includes(DATE) && !(folder.includes(DATASET) && folder.endsWith(`/${DATE}`)))
    return 'Put {date} at the end, after {dataset}: sales/{dataset}/{date}. The file latest of a dataset is in the folder above its days.';
  const plain = folder.replaceAll(/\{[a-z]+\}/g, 'x');
  if (folder === '' || PATH.test(plain)) return null;
  return 'A folder may have letters, digits, . _ - and up to four /. It may not start with a dot.';
}

/** Names that a folder can stand for. */
export interface FolderNames {
  readonly connection: string;
  readonly task: string;
}

/** The folder with the names in it; `{dataset}` and `{date}` stay, as they differ by dataset and by run. */
export function resolveFolder(folder: string, names: FolderNames): string {
  return folder
    .replaceAll('{connection}', () => pathName(names.connection))
    .replaceAll('{task}', () => pathName(names.task))
    .replace(/(^|\/)\{dataset\}$/, '');
}

/** Folder of a dataset below its target. @param folder resolved @param table name of the dataset in the target */
export function datasetFolder(folder: string, table: string): string {
  const root = isDatedFolder(folder) ? folder.slice(0, -`/${DATE}`.length) : folder;
  if (root.includes(DATASET)) return root.replaceAll(DATASET, () => table);
  return root === '' ? table : `${root}/${table}`;
}

/** Whether the versions of a dataset are in folders of their days. */
export function isDatedFolder(folder: string): boolean {
  return folder.endsWith(`/${DATE}`);
}

/** A version that a run of that time writes, below the target: `contoso/daily/users/v=20261128T170000Z-run_…`. */
export function exampleFolder(folder: string, names: FolderNames, { dataset, now }: { dataset: string; now: Date }): string {
  const resolved = resolveFolder(folder, names);
  return `${datasetFolder(resolved, dataset)}/${versionFolder(now, 'run_…', isDatedFolder(resolved))}`;
}

/** Folder of a run's version below that of its dataset; sorts by time. The day is that of UTC. */
export function versionFolder(now: Date, runId: string, dated = false): string {
  const iso = now.toISOString();
  const time = iso.replace(/[-:]/g, '').replace(/\.\d+Z$/, 'Z');
  return `${dated ? `${iso.slice(0, 10)}/` : ''}v=${time}-${runId}`;
}

/** The folder of the copy of a task, unresolved. @param number of the attempt, from 1 */
export function copyOfFolder(folder: string, number: number): string {
  // The name of the copy is another one.
  if (number === 1 && folder.includes('{task}')) return folder;
  const end = number === 1 ? 'copy' : `copy_${number}`;
  const [first = '', ...rest] = folder.split('/');
  if (first === '' || first.includes('{')) return [end, ...(folder === '' ? [] : [folder])].join('/');
  return [`${first.slice(0, 64 - end.length - 1)}_${end}`, ...rest].join('/');
}

/**
 * A name as a part of a path that every store and engine takes: lower-case ASCII letters, digits and _. Names with other letters get a hash, so
 * that two of them stay different.
 */
function pathName(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, NAME_LENGTH_MAX)
    .replace(/^_+|_+$/g, '');
  const isWhole = words !== '' && !/[^a-z0-9]/u.test(plain.replace(/[\p{P}\p{Z}\p{S}]/gu, '')) && plain.length <= NAME_LENGTH_MAX;
  return isWhole ? words : [words, hashOf(name)].filter((part) => part !== '').join('_');
}
