import { z } from 'zod';

/** What a contender's process is started with, as its second argument. */
export const ContenderOptions = z.object({
  /** Absolute, with version: `https://localhost:port/v1.0` */
  baseUrl: z.string(),
  caFile: z.string(),
  /** Rows that there are; a contender that reads others has lost. */
  rows: z.number().int(),
  /** Folder of its own. */
  dir: z.string(),
  /** Landing database, where one is needed. */
  landingUrl: z.string(),
  /** Parents that a sequential reader takes; all of them would take half an hour. */
  parentsMax: z.number().int(),
});
export type ContenderOptions = z.infer<typeof ContenderOptions>;

/** What a contender did. Time runs from its first request to its last byte at rest, without the start of its process. */
export interface Measured {
  readonly rows: number;
  readonly ms: number;
  readonly cpuMs: number;
  /** Peak resident memory of the process, MB. */
  readonly rssMb: number;
}

/** One way of doing the work; answers the rows it handled. `prepare` isn't measured. */
export interface Contender {
  prepare?(options: ContenderOptions): Promise<void>;
  run(options: ContenderOptions): Promise<number>;
}

/** Token that the bench server takes; it only looks whether there is one. */
export const TOKEN = 'bench';
