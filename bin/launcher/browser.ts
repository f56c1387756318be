import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CliError } from './cli-error.ts';
import { nodeProgram, runProgram } from './process/run-program.ts';

/** The headless shell first: without a graphics processor the others paint each page twice. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const WELL_KNOWN = [
  '/usr/lib/chromium/chromium-headless-shell',
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Path of a Chrome or Chromium for the browser tests: an installed one, or one that is installed now. @throws CliError */
export async function bringBrowser(say: (text: string) => void): Promise<string> {
  const chosen = process.env['CHROME_PATH'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen))
      throw new CliError(`The browser ${chosen} does not exist. Correct CHROME_PATH or remove it.`, { exitCode: 2 });
    return chosen;
  }
  const found = findBrowser();
  if (found !== null) return found;
  say('No Chrome or Chromium found; installing Chromium (once) ...');
  const output = await install();
  const installed = findBrowser();
  if (installed === null) {
    throw new CliError(
      `No Chrome or Chromium could be installed. Install one and set CHROME_PATH to its program.\n${output.slice(-2000)}`,
    );
  }
  return installed;
}

function findBrowser(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((dir) => NAMES.map((name) => join(dir, name)));
  return [...onPath, ...WELL_KNOWN, ...inPlaywrightCache()].find((path) => existsSync(path) && answers(path)) ?? null;
}

/** Some systems have a wrapper that only prints "install the snap". */
function answers(path: string): boolean {
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function inPlaywrightCache(): string[] {
  const cache =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    join(homedir(), process.platform === 'darwin' ? 'Library/Caches/ms-playwright' : '.cache/ms-playwright');
  return globSync(['chromium-*/chrome-linux*/chrome', 'chromium-*/chrome-mac*/*.app/Contents/MacOS/*'], { cwd: cache }).map(
    (path) => join(cache, path),
  );
}

/** The second where the first doesn't exist. */
const DEBIAN_PACKAGES = ['chromium-headless-shell', 'chromium'];

async function install(): Promise<string> {
  let output = '';
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (isDebianRoot) {
    const apt = { DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ...DEBIAN_PACKAGES.map((name) => ['install', '-y', '--no-install-recommends', name])]) {
      const done = await runProgram(['apt-get', ...args], apt);
      output += done.output;
      if (findBrowser() !== null) return output;
    }
  }
  const done = await runProgram(
    nodeProgram('@playwright/test/cli.js', 'install', ...(isDebianRoot ? ['--with-deps'] : []), 'chromium'),
  );
  return output + done.output;
}
