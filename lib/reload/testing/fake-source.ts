import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import { type Column, type ColumnType, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { DatasetCounts, DatasetRunState } from '#lib/domain/run/run.ts';
import type { ChangePage, ChangeScope, Page, Reporter, Source } from '#lib/reload/engine/ports.ts';

type Row = Readonly<Record<string, unknown>>;

export interface FakeSourceOptions {
  /** Rows of each page, or the text of a whole page document. */
  readonly pages: readonly (readonly Row[] | string)[];
  /** Rows that `read` delivers of a dataset, as one page instead of `pages`. */
  readonly rowsOf?: (dataset: DatasetDefinition) => readonly Row[];
  /** Answers of `$count`, one per call, the last one again and again; default: the rows of the pages. */
  readonly counts?: readonly (number | null)[];
  /** Called before page `index` (from 0) is delivered: may throw, wait, or look around. */
  readonly beforePage?: (index: number, signal: AbortSignal) => Promise<void> | void;
  /** What page `index` (from 0) says could not be read. */
  readonly notRead?: (index: number) => NotRead;
  /** Makes the dataset one with delta. */
  readonly delta?: FakeDelta;
}

/** What a page says could not be read. */
export type NotRead = Pick<Page, 'unread' | 'unproven' | 'failed' | 'gap'>;

export interface FakeDelta {
  readonly scope: ChangeScope;
  /** Taken at the start; default `m0`. */
  readonly deltaToken?: string | null;
  /** Changes after a delta token, and the delta token after them (default: the same delta token, nothing new). May throw. */
  readonly rounds: (deltaToken: string, rows: boolean) => FakeRound | null;
}

export interface FakeRound {
  readonly pages: readonly ({ readonly changedIds: readonly string[]; readonly rows?: readonly Row[] } & NotRead)[];
  readonly deltaToken: string;
}

export interface FakeSource extends Source {
  /** Columns that `read`, `deltaToken` and `changes` requested, by call. */
  readonly asked: (readonly [call: string, columns: string])[];
  /** Pages delivered since the start. */
  readonly delivered: number[];
}

/** Pages from memory. Cursors are the number of the next page. */
export function fakeSource(options: FakeSourceOptions): FakeSource {
  const { pages, beforePage } = options;
  const total = pages.reduce((sum, page) => sum + (typeof page === 'string' ? 0 : page.length), 0);
  const counts = [...(options.counts ?? [total])];
  const delivered: number[] = [];
  const asked: [string, string][] = [];
  const ask = (call: string, { columns }: DatasetDefinition): void =>
    void asked.push([call, columns.flatMap(({ name, selected }) => (selected ? [name] : [])).join()]);
  return {
    asked,
    delivered,
    changeScope: () => options.delta?.scope ?? null,
    deltaToken: async (dataset) => {
      ask('deltaToken', dataset);
      return options.delta === undefined ? null : (options.delta.deltaToken ?? 'm0');
    },
    async *changes(dataset, { deltaToken, rows }) {
      ask('changes', dataset);
      const round = options.delta?.rounds(deltaToken, rows) ?? { pages: [], deltaToken };
      for (const page of round.pages)
        yield { ...changePage(page.changedIds, rows ? (page.rows ?? []) : [], null), ...notReadOf(page) };
      yield changePage([], [], round.deltaToken);
    },
    count: async () => (counts.length > 1 ? counts.shift() : counts[0]) ?? null,
    async *read(dataset, { cursor, signal }) {
      ask('read', dataset);
      if (options.rowsOf !== undefined) yield pageOf(options.rowsOf(dataset), null);
      for (let index = cursor === null ? 0 : Number(cursor); index < pages.length; index++) {
        await beforePage?.(index, signal);
        delivered.push(index);
        const page = pageOf(pages[index] ?? [], index + 1 < pages.length ? String(index + 1) : null);
        yield { ...page, ...options.notRead?.(index) };
      }
    },
  };
}

function notReadOf({ unread, unproven }: NotRead): NotRead {
  return { ...(unread === undefined ? {} : { unread }), ...(unproven === undefined ? {} : { unproven }) };
}

function changePage(changedIds: readonly string[], value: readonly Row[], deltaToken: string | null): ChangePage {
  return { body: Buffer.from(JSON.stringify({ value })), changedIds, deltaToken, requests: 1, throttledMs: 0 };
}

function pageOf(rows: readonly Row[] | string, cursor: string | null): Page {
  const text =
    typeof rows === 'string' ? rows : JSON.stringify({ '@odata.context': 'https://graph.test/$metadata', value: rows });
  return { body: Buffer.from(text), cursor, requests: 1, throttledMs: 0 };
}

/** `{ id: 'string', 'a.b': 'int32' }`: columns named like their source path; those in `key` make the key. */
export function fakeDataset(
  columns: Readonly<Record<string, ColumnType>>,
  options: { readonly key?: readonly string[]; readonly name?: string; readonly countable?: boolean } = {},
): DatasetDefinition {
  const key = options.key ?? ['id'];
  return DatasetDefinition.parse({
    version: 1,
    name: options.name ?? 'users',
    title: 'Users',
    area: 'Users',
    description: '',
    kind: 'entity',
    path: '/users',
    entityType: 'microsoft.graph.user',
    parent: null,
    permissions: ['User.Read.All'],
    licence: null,
    read: { pageSizeMax: 999, select: true, advancedQuery: false, countable: options.countable ?? true, delta: false },
    columns: Object.entries(columns).map(
      ([name, type]): z.input<typeof Column> => ({
        name: name.replace(/^@/, '').replaceAll('.', '_'),
        sourcePath: name,
        type,
        edmType: 'Edm.String',
        nullable: true,
        key: key.includes(name),
        selected: true,
        returnedByDefault: true,
        description: null,
      }),
    ),
  } satisfies z.input<typeof DatasetDefinition>);
}

export interface RecordingReporter extends Reporter {
  readonly reports: { readonly state: DatasetRunState; readonly counts: DatasetCounts }[];
}

export function recordingReporter(): RecordingReporter {
  const told: RecordingReporter['reports'] = [];
  return { reports: told, progress: (state, counts) => void told.push({ state, counts }) };
}

/** A folder of the calling test's own, gone when the test ends. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-reload-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
