import type { ColumnType } from '#lib/domain/dataset/dataset.ts';
import type { LakeCompareSettings, LakeSettings } from '#lib/domain/task/task.ts';
import type { LandedTable, RecordedColumn } from '#lib/reload/engine/drift/landed-table.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { type EventState, readEventState } from './events/event-state.ts';
import type { LakeStore } from './lake-store.ts';
import { hasOpenTables, LAKE_TYPE } from './types.ts';
import { type Manifest, readLatest } from './versions.ts';

type Settings = LakeSettings | LakeCompareSettings;

/** The columns of the latest files of a dataset, as the next publish finds them; null: there are none. */
export async function findLandedFiles(store: LakeStore, plan: DatasetPlan, settings: Settings): Promise<LandedTable | null> {
  if (plan.events !== null) {
    const state = await readEventState(store);
    return state === null ? null : landedFiles(plan, eventColumns(state), { settings, isReplaced: false, isEvents: true });
  }
  const latest = await readLatest(store);
  const isReplaced = !('deleteShareMax' in settings);
  return latest === null
    ? null
    : landedFiles(plan, versionColumns(plan, latest.manifest), { settings, isReplaced, isEvents: false });
}

interface Files {
  readonly settings: Settings;
  readonly isReplaced: boolean;
  readonly isEvents: boolean;
}

function landedFiles(
  { namespace, table }: DatasetPlan,
  columns: readonly RecordedColumn[],
  { settings, isReplaced, isEvents }: Files,
): LandedTable {
  const words = (type: ColumnType): string => typeInWords(type, settings);
  return {
    label: `${namespace}/${table}`.replace(/^\//, ''),
    columns: columns.map((recorded) => ({ name: recorded.name, type: words(recorded.type), recorded })),
    isReplaced,
    // Files of days stay as they are.
    ...{ renames: isEvents ? 'never' : 'written', drops: !isEvents, ignoresCase: false, converts: false },
    typeOf: ({ type }) => words(type),
    fits: (from, to) => from === to || (WIDER[from]?.includes(to) ?? false),
  };
}

/** Delta Lake and Iceberg have neither JSON nor times of day: both are text in their files. */
function typeInWords(type: ColumnType, settings: Settings): string {
  return hasOpenTables(settings) && (type === 'json' || type === 'timeOfDay') ? LAKE_TYPE.string : LAKE_TYPE[type];
}

const TEXT = LAKE_TYPE.string;
/** Types that each type can become without loss; text represents them as DuckDB writes them. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  [LAKE_TYPE.int32]: [LAKE_TYPE.int64, LAKE_TYPE.double, TEXT],
  [LAKE_TYPE.int64]: [TEXT],
  [LAKE_TYPE.double]: [TEXT],
  [LAKE_TYPE.boolean]: [TEXT],
  [LAKE_TYPE.dateTimeOffset]: [TEXT],
  [LAKE_TYPE.date]: [TEXT],
  [LAKE_TYPE.timeOfDay]: [TEXT],
  [LAKE_TYPE.json]: [TEXT],
};

/** Columns of a version, with those that were selected and could not be read: they are not new when they can. */
function versionColumns(plan: DatasetPlan, { columns, unread = [] }: Manifest): readonly RecordedColumn[] {
  const known = new Set(columns.map(({ name }) => name));
  const missing = plan.columns.filter(({ name }) => !known.has(name) && unread.some((one) => one.name === name));
  return [...columns, ...missing].map(({ name, type, sourcePath }) => ({ name, type, sourcePath: sourcePath ?? '' }));
}

/** Columns of the files of events; the type of each is that of the latest schema that has it. */
function eventColumns({ schemas, files, columns: records = [] }: EventState): readonly RecordedColumn[] {
  const live = new Set(files.map(({ schema }) => schema));
  const types = new Map<string, ColumnType>();
  for (const [index, schema] of schemas.entries())
    if (live.has(index)) for (const { name, type } of schema) types.set(name, type);
  const paths = new Map(records.map(({ name, sourcePath }) => [name, sourcePath]));
  return [...types].map(([name, type]) => ({ name, type, sourcePath: paths.get(name) ?? '' }));
}
