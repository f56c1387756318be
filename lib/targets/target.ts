import type { z } from 'zod';
import type { ColumnType, DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import type { ChangeDto } from '#lib/domain/run/run.ts';
import type { TargetAccess, TargetKindDto, TargetTest } from '#lib/domain/target/target.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { Network } from '#lib/platform/http/networks.ts';
import type { Sink } from '#lib/reload/engine/sink.ts';

/** What the operator lets targets of people reach (docs/security.md). The built-in targets are not held to it. */
export interface TargetRules {
  /** Networks that are not public and may be reached. */
  readonly networks: readonly Network[];
  /** Absolute paths of the folders in which, or below which, a target may write. */
  readonly folders: readonly string[];
  /** Hosts, in lower case, at which the identity of the machine may be used; missing: none. */
  readonly identityHosts?: readonly string[];
}

/** Rows that come after the first `offset`, `limit` at most. */
export interface RowsPage {
  readonly offset: number;
  readonly limit: number;
}

export interface ChangesFilter {
  readonly runId: string;
  /** Null: all of them. */
  readonly operation: ChangeDto['operation'] | null;
  readonly limit: number;
}

export interface ChangesPage {
  readonly changes: readonly ChangeDto[];
  /** All that the filter lets through, not only those of this page. */
  readonly total: number;
  /** Rows that the run inserted and recorded by their number alone (first load, events): those still landed are shown as they are now. */
  readonly loaded?: number;
}

/** What a process must reach to use a target: a folder of its machine, or a server. */
export type TargetReach = { readonly folder: string } | { readonly host: string; readonly port: number };

/** The server at a URL; the port is the scheme's where it names none. */
export function reachOf(url: URL): TargetReach {
  const usual = url.protocol === 'http:' ? 80 : 443;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? usual : Number(url.port) };
}

/** A target whose settings and secrets were parsed. */
export interface OpenedTarget<Settings, Secrets> {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly builtIn: boolean;
  readonly rules: TargetRules;
}

/** What all modules have, and what is the same for every target of the kind. */
interface TargetKind extends TargetKindDto {
  /** What each column type becomes, in the words of the target. */
  readonly types: Readonly<Record<ColumnType, string>>;
  /** SQL that makes the tables of these datasets, to read or to run before the first reload. Null where nothing is made ahead. */
  ddl(datasets: readonly DatasetDefinition[], task: TaskTarget): string | null;
}

/** What a module says of its kind, with its own settings and secrets. `docs/how-to/add-a-target.md` goes through it. */
export interface TargetDefinition<Settings, Secrets> extends TargetKind {
  /** What a person enters and everybody may see. */
  readonly settings: z.ZodType<Settings>;
  /** What is sealed in the database; `z.null()` where there is none. */
  readonly secrets: z.ZodType<Secrets>;
  /** What of it a person may enter; left out: all of it. */
  readonly enteredSecrets?: z.ZodType<Secrets>;
  /** Calls `missing` for each field that the others make needed: a key for the sign-in that was chosen. `path`: `settings.x` or `secrets.x`. */
  requireWhole?(
    entered: { readonly settings: Settings; readonly secrets: Secrets },
    missing: (path: string, message: string) => void,
  ): void;
  /** Where it is, without secrets: `host:5432/database` or a folder. */
  location(settings: Settings): string;
  /** What has to be reached. */
  reach(settings: Settings): TargetReach;
  /** The same text for all targets whose tables or folders of this namespace are the same. */
  address(settings: Settings, namespace: string): string;
  /** SQL for an administrator of the database: a role with the least rights that reloads need. Left out where there is no such thing. */
  roleSql?(settings: Settings): string;
  /** Tries what a reload will do, and leaves nothing behind. A refusal is a failed check, not an error. */
  test(target: OpenedTarget<Settings, Secrets>, signal: AbortSignal): Promise<TargetTest>;
  createSink(target: OpenedTarget<Settings, Secrets>, task: TaskTarget): Sink;
  /**
   * Landed rows in key order, with Entrada's own columns.
   * @throws AppError `not-landed-yet`
   */
  readRows(
    target: OpenedTarget<Settings, Secrets>,
    task: TaskTarget,
    dataset: DatasetDefinition,
    page: RowsPage,
  ): Promise<RowsDto>;
  /** What one run changed; nothing where no changes are kept. */
  readChanges(
    target: OpenedTarget<Settings, Secrets>,
    task: TaskTarget,
    dataset: DatasetDefinition,
    filter: ChangesFilter,
  ): Promise<ChangesPage>;
  /**
   * Drops these tables and those beside them, as far as Entrada made them, and forgets what was published into them. Answers the names of
   * what it dropped. Left out where an update method leaves nothing behind that another one could not go on with.
   */
  drop?(
    target: OpenedTarget<Settings, Secrets>,
    task: TaskTarget,
    tables: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Makes the tables of these datasets that are missing. Answers their names. Left out where nothing is made ahead. */
  prepare?(
    target: OpenedTarget<Settings, Secrets>,
    task: TaskTarget,
    datasets: readonly DatasetDefinition[],
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}

/** Settings and secrets as a person entered them, parsed; throws ZodError. */
export interface EnteredTarget {
  readonly settings: unknown;
  readonly secrets: unknown;
}

/** A kind of target, as everything outside of its folder knows it. */
export interface TargetModule extends TargetKind {
  /** @throws ZodError with paths below `settings` and `secrets`. */
  parse(entered: EnteredTarget): EnteredTarget;
  location(settings: unknown): string;
  reach(settings: unknown): TargetReach;
  address(settings: unknown, namespace: string): string;
  /** Null where there is none. */
  roleSql(settings: unknown): string | null;
  test(access: TargetAccess, rules: TargetRules, signal: AbortSignal): Promise<TargetTest>;
  createSink(access: TargetAccess, rules: TargetRules, task: TaskTarget): Sink;
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
  /** Null where the kind makes nothing ahead. */
  readonly prepare:
    | ((
        access: TargetAccess,
        rules: TargetRules,
        wanted: { readonly task: TaskTarget; readonly datasets: readonly DatasetDefinition[]; readonly signal: AbortSignal },
      ) => Promise<readonly string[]>)
    | null;
}
