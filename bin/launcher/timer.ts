import { writeFileSync } from 'node:fs';

export interface Timer {
  measure<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Writes the durations and their sum, milliseconds. */
  save(file: string): void;
}

/** Measures the phases of a start. */
export function createTimer(): Timer {
  const startedAt = performance.now();
  const partsMs: Record<string, number> = {};
  return {
    async measure(name, work) {
      const from = performance.now();
      try {
        return await work();
      } finally {
        partsMs[name] = Math.round(performance.now() - from);
      }
    },
    save(file) {
      const totalMs = Math.round(performance.now() - startedAt);
      // Since the start of the process: includes Node's start and the loading of the code.
      const processMs = Math.round(process.uptime() * 1000);
      writeFileSync(file, `${JSON.stringify({ partsMs, totalMs, processMs }, null, 2)}\n`);
    },
  };
}
