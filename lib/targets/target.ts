import type { z } from 'zod';
import type { ColumnType, DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import type { ChangeDto } from '#lib/domain/run/run.ts';
import type { TargetAccess, TargetKindDto, TargetTest } from '#lib/domain/target/target.ts';
import type { TaskRelations } from '#lib/domain/task/relations.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { Network } from '#lib/platform/http/networks.ts';
import type { Sink } from '#lib/reload/engine/sink.ts';

/** The operator's rules for targets that users create (docs/security.md). The built-in targets are exempt. */
export interface TargetRules {
  /** Private networks that may be reached. */
  readonly networks: readonly Network[];
  /** Absolute paths of folders that targets may use, including subfolders. */
  readonly folders: readonly string[];
  /** Hosts, in lower case, at which the identity of the machine may be used; default: none. */
  readonly identityHosts?: readonly string[];
}

/** At most `limit` rows after the first `offset`. */
export interface RowsPage {
  readonly offset: number;
  readonly limit: number;
}

export interface ChangesFilter {
  readonly runId: string;
  /** Null: all operations. */
  readonly operation: ChangeDto['operation'] | null;
  readonly limit: number;
}

export interface ChangesPage {
  readonly changes: readonly ChangeDto[];
  /** Number of all rows that match the filter, not only of this page. */
  readonly total: number;
  /**
   * Number of rows that the run inserted and recorded by their number alone (first load, events); those still landed are shown with their present
   * values.
   */
  readonly loaded?: number;
}

/** What a process must reach to use a target: a folder of its machine, or a server. */
export type TargetReach = { readonly folder: string } | { readonly host: string; readonly port: number };

/** The server of a URL; default port of the scheme. */
export function reachOf(url: URL): TargetReach {
  const usual = url.protocol === 'http:' ? 80 : 443;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? usual : Number(url.port) };
}

/** A target with parsed settings and secrets. */
export interface OpenedTarget<Settings, Secrets> {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly builtIn: boolean;
  readonly rules: TargetRules;
}

/** Members of all modules that are the same for every target of the kind. */
interface TargetKind extends TargetKindDto {
  /** The target's type of each column type. */
  readonly types: Readonly<Record<ColumnType, string>>;
  /** SQL that creates the tables of these datasets. Null where no tables are created in advance. */
  ddl(datasets: readonly DatasetDefinition[], task: TaskTarget): string | null;
}

/** A module's definition with its own types of settings and secrets. `docs/how-to/add-a-target.md` explains it. */
export interface TargetDefinition<Settings, Secrets> extends TargetKind {
  /** Input that is not secret. */
  readonly settings: z.ZodType<Settings>;
  /** Stored encrypted; `z.null()` where there are none. */
  readonly secrets: z.ZodType<Secrets>;
  /** Secrets that a person can enter; default: all. */
  readonly enteredSecrets?: z.ZodType<Secrets>;
  /** Calls `missing` for each field that other fields require, e.g. a key for the chosen sign-in method. `path`: `settings.x` or `secrets.x`. */
  requireWhole?(
    entered: { readonly settings: Settings; readonly secrets: Secrets },
    missing: (path: string, message: string) => void,
  ): void;
  /** Location without secrets: `host:5432/database` or a folder. */
  location(settings: Settings): string;
  /** The host or folder that has to be reachable. */
  reach(settings: Settings): TargetReach;
  /** A text that is equal for all targets with the same tables or folders in this namespace. */
  address(settings: Settings, namespace: string): string;
  /** SQL for an administrator of the database: a role with the least rights that reloads need. Left out where there is no such thing. */
  roleSql?(settings: Settings): string;
  /** Tests what a reload will do, and leaves nothing behind. A refusal is a failed check, not an error. */
  test(target: OpenedTarget<Settings, Secrets>, signal: AbortSignal): Promise<TargetTest>;
  /** @param relations how the tables of the task belong together; kinds that make nothing of it ignore it. */
  createSink(target: OpenedTarget<Settings, Secrets>, task: TaskTarget, relations: TaskRelations): Sink;
  /**
   * Landed rows sorted by key, with the header columns. The dataset has the names of the target, its table as `name`.
   * @throws AppError `not-landed-yet`
   */
  readRows(
    target: OpenedTarget<Settings, Secrets>,
    task: TaskTarget,
    dataset: DatasetDefinition,
    page: RowsPage,
  ): Promise<RowsDto>;
  /** Changes of one run; empty where no changes are recorded. The dataset is as in `readRows`. */
  readChanges(
    target: OpenedTarget<Settings, Secrets>,
    task: TaskTarget,
    dataset: DatasetDefinition,
    filter: ChangesFilter,
  ): Promise<ChangesPage>;
  /**
   * Drops these tables with their additional tables, if Entrada created them, and deletes the record of what was published into them. Returns the
   * dropped names. Absent where another update method can continue with the existing data.
   */
  drop?(
    target: OpenedTarget<Settings, Secrets>,
    task: TaskTarget,
    tables: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Creates the missing tables of these datasets. Returns their names. Absent where none are created in advance. */
  prepare?(
    target: OpenedTarget<Settings, Secrets>,
    task: TaskTarget,
    datasets: readonly DatasetDefinition[],
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}

/** Settings and secrets as entered, parsed; throws ZodError. */
export interface EnteredTarget {
  readonly settings: unknown;
  readonly secrets: unknown;
}

/** A kind of target for code outside of its folder. */
export interface TargetModule extends TargetKind {
  /** @throws ZodError with paths below `settings` and `secrets`. */
  parse(entered: EnteredTarget): EnteredTarget;
  location(settings: unknown): string;
  reach(settings: unknown): TargetReach;
  address(settings: unknown, namespace: string): string;
  /** Null where there is none. */
  roleSql(settings: unknown): string | null;
  test(access: TargetAccess, rules: TargetRules, signal: AbortSignal): Promise<TargetTest>;
  /** @param relations default: none. */
  createSink(access: TargetAccess, rules: TargetRules, task: TaskTarget, relations?: TaskRelations): Sink;
  readRows(
    access: TargetAccess,
    rules: TargetRules,
    wanted: { readonly task: TaskTarget; readonly dataset: DatasetDefinition; readonly page: RowsPage },
  ): Promise<RowsDto>;
  readChanges(
    access: TargetAccess,
    rules: TargetRules,
    wanted: { readonly task: TaskTarget; readonly dataset: DatasetDefinition; readonly filter: ChangesFilter },
  ): Promise<ChangesPage>;
  /** Null where the kind drops nothing. */
  readonly drop:
    | ((
        access: TargetAccess,
        rules: TargetRules,
        wanted: { readonly task: TaskTarget; readonly tables: readonly string[]; readonly signal: AbortSignal },
      ) => Promise<readonly string[]>)
    | null;
  /** Null where the kind creates nothing in advance. */
  readonly prepare:
    | ((
        access: TargetAccess,
        rules: TargetRules,
        wanted: { readonly task: TaskTarget; readonly datasets: readonly DatasetDefinition[]; readonly signal: AbortSignal },
      ) => Promise<readonly string[]>)
    | null;
}
