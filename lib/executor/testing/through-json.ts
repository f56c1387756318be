import { expect } from 'vitest';
import type { z } from 'zod';
import { DatasetAssignment, DatasetEvent } from '../dataset-assignment.ts';
import type { DatasetRunner } from '../run-dataset.ts';
import { SOURCE_OPERATIONS, SOURCE_STREAMS, type SourceOperations } from '../source-operations.ts';

/** What comes out of JSON is the same as what went in; fails the test where it is not. */
export function surviveJson<T>(schema: z.ZodType<T>, value: T): T {
  const parsed = schema.parse(JSON.parse(JSON.stringify(value)));
  expect(parsed).toEqual(value);
  return parsed;
}

/** The operations as a process in another network would have them: every input, output and event goes through JSON. */
export function throughJson(operations: SourceOperations): SourceOperations {
  const calls = Object.entries(SOURCE_OPERATIONS).map(([name, { input: inputs, output }]) => {
    const call = operations[name as keyof typeof SOURCE_OPERATIONS] as (input: unknown) => Promise<unknown>;
    return [
      name,
      async (input: unknown) => surviveJson(output as z.ZodType, await call(surviveJson(inputs as z.ZodType, input))),
    ];
  });
  const streams = Object.entries(SOURCE_STREAMS).map(([name, { input: inputs, event }]) => {
    const open = operations[name as keyof typeof SOURCE_STREAMS] as (
      input: unknown,
      signal: AbortSignal,
    ) => AsyncIterable<unknown>;
    return [
      name,
      async function* (input: unknown, signal: AbortSignal) {
        for await (const one of open(surviveJson(inputs as z.ZodType, input), signal)) yield surviveJson(event as z.ZodType, one);
      },
    ];
  });
  return Object.fromEntries([...calls, ...streams]) as unknown as SourceOperations;
}

/** The same for the runs of datasets. */
export function runnerThroughJson(runner: DatasetRunner): DatasetRunner {
  return {
    async *run(assignment, signal, group) {
      for await (const event of runner.run(surviveJson(DatasetAssignment, assignment), signal, group))
        yield surviveJson(DatasetEvent, event);
    },
    release: (attempt) => runner.release(attempt),
  };
}
