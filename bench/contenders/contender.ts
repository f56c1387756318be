import { z } from 'zod';

/** Second argument of a contender's process. */
export const ContenderOptions = z.object({
  /** Absolute, with version: `https://localhost:port/v1.0` */
  baseUrl: z.string(),
  caFile: z.string(),
  /** Number of rows; a contender that reads another number has failed. */
  rows: z.number().int(),
  /** Folder for its files. */
  dir: z.string(),
  /** Landing database, where one is needed. */
  landingUrl: z.string(),
  /** Number of parents for a sequential reader; all of them would take half an hour. */
  parentsMax: z.number().int(),
});
export type ContenderOptions = z.infer<typeof ContenderOptions>;

/** Result of a contender. Time counts from its first request to its last stored byte, without the start of its process. */
export interface Measured {
  readonly rows: number;
  readonly ms: number;
  readonly cpuMs: number;
  /** Peak resident memory of the process, MB. */
  readonly rssMb: number;
}

/** One way of doing the work; returns the number of rows. `prepare` is not measured. */
export interface Contender {
  prepare?(options: ContenderOptions): Promise<void>;
  run(options: ContenderOptions): Promise<number>;
}

/** Token for the bench server, which only checks that there is one. */
export const TOKEN = 'bench';
