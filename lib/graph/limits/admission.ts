import type { Charge } from '#lib/domain/run/graph-quota.ts';
import type { WaitKind } from '#lib/domain/run/wait.ts';

/** What the answer to an admitted request says about the quota; for a batch, the sum over its items. */
export interface Outcome {
  /** Number of answers other than 429. */
  readonly passed: number;
  /** Number of 429 answers. */
  readonly throttled: number;
  /** Longest Retry-After of the 429 answers, milliseconds; null = none had one. */
  readonly retryAfterMs: number | null;
  /** `x-ms-throttle-limit-percentage`: fraction of the quota in use; Graph reports it above 0.8 only. */
  readonly utilisation: number | null;
  /** `x-ms-resource-unit`: cost as Graph counts it; missing where Graph doesn't report it. */
  readonly units?: number;
}

/** Outcome of a request without an answer: it says nothing about the quota. */
export const NO_OUTCOME: Outcome = { passed: 0, throttled: 0, retryAfterMs: null, utilisation: null };

/** Measures the time in which at least one request waited because Graph throttles; simultaneous waits count once. */
export interface WaitMeter {
  begin(): void;
  end(): void;
}

/** Why a request waits. */
export interface WaitReason {
  readonly kind: WaitKind;
  /** A sentence for people. */
  readonly text: string;
}

/** Receives the reasons why requests wait. */
export interface WaitReporter {
  /**
   * @param until when the next attempt is made, where that is known.
   * @returns function that ends this wait; call it exactly once.
   */
  begin(reason: WaitReason, until?: Date): () => void;
}

export interface Admission {
  /** Records the outcome and frees the request's slot. Call exactly once. */
  settle(outcome: Outcome): void;
}

export interface AdmitOptions {
  readonly signal: AbortSignal;
  readonly meter?: WaitMeter;
  /** Receives why the request is held back, when that takes seconds. */
  readonly waits?: WaitReporter;
}

/** Admits requests of one app in one tenant as fast as its quotas allow. */
export interface RequestLimiter {
  /** Resolves when the request may be sent. @throws AppError `aborted` when `signal` aborts before that. */
  admit(charge: Charge, options: AdmitOptions): Promise<Admission>;
}
