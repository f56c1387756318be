import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { ROOT } from '../root.ts';

const STAMP = join(ROOT, '.next', 'entrada-sources');

/** Sources of the built app, without tests, their configuration and the emulator. */
const SOURCES = [
  'app/**/*',
  'components/**/*',
  'lib/**/*',
  'prisma/schema.prisma',
  '*.config.*',
  'proxy.ts',
  'tsconfig.json',
  'package-lock.json',
];
const NOT_SOURCES = /\.test\.tsx?$|^(vitest|playwright)\.config|^lib\/emulator\/|\/(testdata|testing)\//;

/**
 * Runs `next build` when the sources changed since the last build.
 * @returns whether it was built.
 * @throws CliError with the last lines of the build's output.
 */
export async function buildWebIfNeeded(say: (text: string) => void): Promise<boolean> {
  const wanted = hashSources();
  if (existsSync(join(ROOT, '.next', 'BUILD_ID')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return false;
  say('Building the web app (once per version) ...');
  rmSync(STAMP, { force: true });
  const { code, output } = await nextBuild();
  if (code !== 0) throw new CliError(`The build of the web app failed:\n${output.split('\n').slice(-40).join('\n')}`);
  writeFileSync(STAMP, wanted);
  return true;
}

function hashSources(): string {
  const files = globSync(SOURCES, { cwd: ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !NOT_SOURCES.test(path.slice(ROOT.length + 1)))
    .sort();
  const sum = createHash('sha256').update(process.version);
  for (const path of files) sum.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path));
  return sum.digest('hex');
}

function nextBuild(): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], {
      cwd: ROOT,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (data: Buffer) => {
      output = (output + data.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('exit', (code) => done({ code, output }));
  });
}
