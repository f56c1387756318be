import { z } from 'zod';
import type { GatewayRef } from '#lib/domain/gateway/gateway.ts';
import type { UpdateMethod } from '#lib/domain/task/update-method.ts';

/**
 * Settings and secrets of a target as plain data, for a worker or a gateway. It holds secrets: it is never logged, stored in
 * clear text or sent to a browser.
 */
export interface TargetAccess {
  /** Name of the module (lib/targets/registry.ts). */
  readonly kind: string;
  /** Matches the settings schema of the module. */
  readonly settings: unknown;
  /** Matches the secrets schema of the module. */
  readonly secrets: unknown;
  /** Set up by the operator: the rules for targets that users create do not apply. */
  readonly builtIn: boolean;
}

/** One check of a target's test. */
export interface TargetCheck {
  /** `sign-in`, `create-tables` ...: stable within a kind. */
  readonly name: string;
  readonly title: string;
  readonly passed: boolean;
  /** The finding, or the reason for the failure. */
  readonly detail: string | null;
  /** What to do; null when it passed. */
  readonly remedy: string | null;
}

/** Result of a test; checks that depend on a failed one are omitted. */
export interface TargetTest {
  readonly passed: boolean;
  readonly checks: readonly TargetCheck[];
}

/** Capabilities of a kind of target. */
export interface TargetCapabilities {
  /** Readers see the old or the new rows of a dataset, never a part. */
  readonly atomicSwap: boolean;
  /** Rows are inserted, updated and deleted in place, and changes are recorded. */
  readonly merge: boolean;
  /** Staged Parquet files are published unchanged. */
  readonly files: boolean;
  /** A file can be written on condition that it does not exist. */
  readonly conditionalPut: boolean;
  /** Rows that are gone from the source can stay, with the time in `hdr__deleted_at`. */
  readonly softDelete: boolean;
  /**
   * All datasets of a run can be published at its end. `at-once`: in one step, so that readers see all tables of before or all of the run;
   * `in-turn`: one directly after the other, when all are complete in the target.
   */
  readonly together: 'at-once' | 'in-turn' | 'no';
  /** Foreign keys, comments and views can show how the tables of a task belong together. */
  readonly relations: boolean;
}

/** A field of the form for a target; fields are in the order of the form. */
export interface TargetField {
  /** Property of the settings, or of the secrets when `secret`. */
  readonly name: string;
  readonly label: string;
  readonly input: 'text' | 'password' | 'number' | 'choice' | 'lines';
  readonly secret: boolean;
  /** Marks the field as optional in its label. */
  readonly optional?: boolean;
  /** Shown only while the named field, a choice, has one of these values. */
  readonly when?: { readonly field: string; readonly values: readonly string[] };
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string;
  readonly placeholder?: string;
  readonly initial?: string;
}

/** A kind of target for the pages. */
export interface TargetKindDto {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  readonly methods: readonly UpdateMethod[];
  readonly capabilities: TargetCapabilities;
  readonly fields: readonly TargetField[];
}

export const TargetName = z
  .string()
  .trim()
  .min(1, 'Give the target a name.')
  .max(120, 'A target name has at most 120 characters.');

export interface TargetDto {
  readonly id: string;
  readonly name: string;
  /** Name of the module: `postgres`, `folder`. */
  readonly kind: string;
  readonly kindTitle: string;
  /** Set up by the operator: nobody can edit or delete it. */
  readonly builtIn: boolean;
  /** Location without credentials: `127.0.0.1:5432/entrada_landing` or a folder. */
  readonly location: string;
  /** Supported update methods, the default first. */
  readonly methods: readonly UpdateMethod[];
  readonly capabilities: TargetCapabilities;
  readonly taskCount: number;
  /** The gateway that reaches it; null: the server itself. */
  readonly gateway: GatewayRef | null;
  /** Null before the first test. */
  readonly lastTest: (TargetTest & { readonly at: string }) | null;
}

/** A target with its settings, without the secrets. */
export interface TargetDetailDto extends TargetDto {
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  /** SQL that creates a role with the least rights, for an administrator of the database; null for kinds without such SQL. */
  readonly roleSql: string | null;
  /** Tasks that write to it. */
  readonly tasks: readonly { readonly id: string; readonly name: string }[];
}
