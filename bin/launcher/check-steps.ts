import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeProgram, type ProgramResult, runProgram } from './process/run-program.ts';
import { ROOT } from './root.ts';

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly ms: number;
  readonly output: string;
}

interface CheckStep {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
}

/** Folders for dependency-cruiser; the boundary test compares it with the files on disk. */
export const CRUISED = ['app', 'components', 'lib', 'bin', 'prisma/engine', 'e2e', 'bench', 'proxy.ts'];

const STEPS: readonly CheckStep[] = [
  { name: 'format and lint', commands: [nodeProgram('@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '--colors=off')] },
  { name: 'lint with types', commands: [nodeProgram('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '.')] },
  {
    name: 'types',
    // Next's route types are generated; without them `PageProps<'/x'>` is unknown.
    // Not incremental (Next's default): cached types of the generated database client outlived a change of its schema.
    commands: [
      nodeProgram('next/dist/bin/next', 'typegen'),
      nodeProgram('typescript/bin/tsc', '--noEmit', '--incremental', 'false'),
    ],
  },
  {
    name: 'import boundaries',
    commands: [
      nodeProgram(
        'dependency-cruiser/bin/dependency-cruiser.mjs',
        '--config',
        '.dependency-cruiser.js',
        '--output-type',
        'err-long',
        ...CRUISED.filter((path) => existsSync(join(ROOT, path))),
      ),
    ],
  },
  { name: 'advisories', commands: [[process.execPath, join(ROOT, 'bin/checks/audit.ts')]] },
  { name: 'dead code', commands: [nodeProgram('knip/bin/knip.js', '--treat-config-hints-as-errors', '--no-progress')] },
];

/** Runs all static checks concurrently; a failure does not stop the others. Calls `onDone` after each. */
export function runChecks(onDone: (result: CheckResult) => void): Promise<readonly CheckResult[]> {
  return Promise.all(
    STEPS.map(async ({ name, commands }) => {
      const begun = performance.now();
      const { code, output } = await runInTurn(commands);
      const result = { name, passed: code === 0, ms: Math.round(performance.now() - begun), output: output.trim() };
      onDone(result);
      return result;
    }),
  );
}

async function runInTurn(commands: CheckStep['commands']): Promise<ProgramResult> {
  let last: ProgramResult = { code: 0, output: '' };
  for (const command of commands) {
    last = await runProgram(command, { NO_COLOR: '1', FORCE_COLOR: '0', NEXT_TELEMETRY_DISABLED: '1' });
    if (last.code !== 0) break;
  }
  return last;
}
