import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchUsers } from '../../bench/users.ts';

/** `npm run bench -- [--users N] [--rounds N] [--json FILE]`: ours beside the official SDK, on one server in one run. */
export async function bench(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { users: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '3' }, json: { type: 'string' } },
  });
  const result = await benchUsers(Number(values.users), Number(values.rounds));
  const { sdkIterate, parquet } = result.rowsPerSecond;
  process.stdout.write(
    `${result.users} users, medians of ${result.rounds}\n  official SDK, iterate only   ${sdkIterate} rows/s\n  Entrada, to Parquet (zstd)   ${parquet} rows/s` +
      `\n  ratio                        ${(parquet / sdkIterate).toFixed(2)}\n  peak memory, tenant included ${result.peakRssMb} MB\n`,
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  return 0;
}
