import { z } from 'zod';
import type { GatewayRef } from '#lib/domain/gateway/gateway.ts';
import type { UpdateMethod } from '#lib/domain/task/update-method.ts';

/**
 * How a target is reached: plain data, so that a worker or a gateway can be given it. It holds secrets: it is never logged, stored in the
 * clear or sent to a browser.
 */
export interface TargetAccess {
  /** Name of the module (lib/targets/registry.ts). */
  readonly kind: string;
  /** Of the module's settings schema. */
  readonly settings: unknown;
  /** Of the module's secrets schema. */
  readonly secrets: unknown;
  /** Set up by the operator: the rules for targets of people don't apply to it. */
  readonly builtIn: boolean;
}

/** One thing that a test of a target looked at. */
export interface TargetCheck {
  /** `sign-in`, `create-tables` ...: stable within a kind. */
  readonly name: string;
  readonly title: string;
  readonly passed: boolean;
  /** What was found, or why it failed. */
  readonly detail: string | null;
  /** What to do; null where it passed. */
  readonly remedy: string | null;
}

/** What a test found; later checks are left out when an earlier one makes them pointless. */
export interface TargetTest {
  readonly passed: boolean;
  readonly checks: readonly TargetCheck[];
}

/** What a kind of target can do. */
export interface TargetCapabilities {
  /** Readers see a dataset as it was or as it is, never a part. */
  readonly atomicSwap: boolean;
  /** Rows are inserted, updated and deleted in place, and the changes are kept. */
  readonly merge: boolean;
  /** Staged Parquet files are taken as they are. */
  readonly files: boolean;
  /** A name can be written only if it isn't there yet. */
  readonly conditionalPut: boolean;
}

/** An entry of the form for a target, in the order of the form. */
export interface TargetField {
  /** Property of the settings, or of the secrets when `secret`. */
  readonly name: string;
  readonly label: string;
  readonly input: 'text' | 'password' | 'number' | 'choice' | 'lines';
  readonly secret: boolean;
  /** Said beside the label. */
  readonly optional?: boolean;
  /** Shown only while that field, a choice, has one of these values. */
  readonly when?: { readonly field: string; readonly values: readonly string[] };
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string;
  readonly placeholder?: string;
  readonly initial?: string;
}

/** A kind of target as the pages need it. */
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
  /** Name of the module that writes it: `postgres`, `folder`. */
  readonly kind: string;
  readonly kindTitle: string;
  /** Set up by the operator: nobody edits or deletes it. */
  readonly builtIn: boolean;
  /** Where it is, without credentials: `127.0.0.1:5432/entrada_landing` or a folder. */
  readonly location: string;
  /** Update methods that it takes, the default first. */
  readonly methods: readonly UpdateMethod[];
  readonly taskCount: number;
  /** From where it is reached; null: from the server. */
  readonly gateway: GatewayRef | null;
  /** Null before the first. */
  readonly lastTest: (TargetTest & { readonly at: string }) | null;
}

/** With what a person entered, but for the secrets. */
export interface TargetDetailDto extends TargetDto {
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  /** Where it is used. */
  readonly tasks: readonly { readonly id: string; readonly name: string }[];
}
