// Entry point of every `npm` script. Plain JavaScript for Node 18: it provides the Node version that Entrada needs, the
// packages and the database client, and then runs bin/entrada.ts. Logs to stderr; stdout belongs to the command.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RUNTIME = join(ROOT, '.runtime');

/** Type stripping without a flag is available since 22.18. */
const NODE_LEAST = [22, 18];
const NODE_VERSION = '24.21.0';
/**
 * Digests of the packages node-<platform>-<arch> of that version, in a lockfile's form (Subresource Integrity): npm refuses other content.
 * For a platform without an entry, npm checks the registry's digest.
 */
const NODE_DIGESTS = {
  'linux-x64': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'linux-arm64': 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'win-x64': 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
};

const args = process.argv.slice(2);
process.chdir(ROOT);
try {
  const node = bringNode();
  withLock(() => {
    installPackages(node);
    generateClient(node);
  });
  handOver(node);
} catch (error) {
  console.error(`Entrada can't start: ${error.message}`);
  process.exit(1);
}

/** Path of a recent Node: this one, or one from npm, installed once into .runtime (docs/decisions/003). */
function bringNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_LEAST[0] || (major === NODE_LEAST[0] && minor >= NODE_LEAST[1])) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const home = join(RUNTIME, `node-${NODE_VERSION}`);
  const node = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(node)) return node;
  say(`Node ${process.versions.node} is too old for Entrada; installing Node ${NODE_VERSION} from npm (once) ...`);
  const draft = join(RUNTIME, `draft-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  pinPackage(draft, name, NODE_DIGESTS[`${platform}-${process.arch}`]);
  const done = npm(process.execPath, ['install', '--no-audit', '--no-fund'], draft);
  if (done !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(
      `npm could not install ${name}@${NODE_VERSION}; its output is above. Check that this machine reaches the npm registry, and that the registry delivers this package unchanged (EINTEGRITY: it does not). Or install Node ${NODE_LEAST.join('.')} or newer yourself.`,
    );
  }
  // Another launcher may have created the folder meanwhile.
  try {
    renameSync(draft, home);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(node)) throw error;
  }
  return node;
}

/** A folder for installing one version of a package, with a lockfile that has its digest. */
function pinPackage(folder, name, integrity) {
  const dependencies = { [name]: NODE_VERSION };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ private: true, dependencies })}\n`);
  if (integrity === undefined) return;
  const packages = { '': { dependencies }, [`node_modules/${name}`]: { version: NODE_VERSION, integrity } };
  writeFileSync(join(folder, 'package-lock.json'), `${JSON.stringify({ lockfileVersion: 3, requires: true, packages })}\n`);
}

/**
 * Installs what the lockfile names, when node_modules differs. Not with `npm ci`: it refuses a lockfile without the binaries
 * of another platform, which a registry may lack; `install --no-save` installs the same versions and keeps the lockfile.
 */
function installPackages(node) {
  const stamp = join(ROOT, 'node_modules', '.entrada-install');
  const wanted = hash([readFileSync(join(ROOT, 'package-lock.json')), process.platform, process.arch]);
  if (readIf(stamp) === wanted) return;
  say('Installing packages from package-lock.json ...');
  if (npm(node, ['install', '--no-save', '--no-audit', '--no-fund'], ROOT) !== 0) {
    throw new Error(
      'npm install failed; its output is above. Check that this machine reaches the npm registry, and that npm may write to this folder.',
    );
  }
  writeFileSync(stamp, wanted);
}

/** The Prisma client is generated, not committed. */
function generateClient(node) {
  const out = join(ROOT, 'prisma', 'generated');
  const stamp = join(out, '.entrada-schema');
  const wanted = hash([readFileSync(join(ROOT, 'prisma', 'schema.prisma')), readFileSync(join(ROOT, 'package-lock.json'))]);
  if (readIf(stamp) === wanted) return;
  const prisma = join(ROOT, 'node_modules', 'prisma', 'build', 'index.js');
  const done = spawnSync(node, [prisma, 'generate'], { encoding: 'utf8', env: { ...process.env, CHECKPOINT_DISABLE: '1' } });
  if (done.status !== 0) throw new Error(`the database client could not be generated:\n${done.stdout}${done.stderr}`);
  writeFileSync(stamp, wanted);
}

/**
 * Replaces this process by bin/entrada.ts: same terminal, signals and exit code. All processes use a compile
 * cache, so that types are stripped once and not at each start.
 */
function handOver(node) {
  // Processes that read pages run with little memory, like the workers of `npm start` (reasons in lib/platform/memory.ts).
  const reads = ['worker', 'gateway'].includes(args[0]);
  const nodeArgs = ['--disable-warning=ExperimentalWarning', ...(reads ? ['--max-semi-space-size=2'] : [])];
  const child = spawn(node, [...nodeArgs, join(ROOT, 'bin', 'entrada.ts'), ...args], {
    stdio: 'inherit',
    env: {
      NODE_COMPILE_CACHE: join(RUNTIME, 'compiled'),
      ...(reads ? { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '8' } : {}),
      ...process.env,
      ENTRADA_LAUNCHER_PID: String(process.pid),
    },
  });
  // Ctrl-C also reaches the child (same process group), which decides when to exit.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) stopWithParent(child);
  child.on('error', (error) => {
    console.error(`Entrada can't start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
}

/** npm runs a script in a shell. A SIGTERM to npm ends npm and the shell, and the shell does not forward it. */
function stopWithParent(child) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
  watch.unref();
}

/**
 * Runs npm with the given Node, so that packages match it. npm looks for its machine-wide settings
 * (registry, proxy, CA) beside its Node: the configuration points to those of the original Node. Output goes to stderr.
 * @returns npm's exit code.
 */
function npm(node, npmArgs, cwd) {
  // A nested npm must not inherit the options of the outer one (npm start).
  const foreign = /^(npm_config_local_prefix|npm_package_|npm_lifecycle_|npm_command)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !foreign.test(key)));
  if (node !== process.execPath) {
    const globalConfig = spawnNpm(process.execPath, ['config', 'get', 'globalconfig'], {
      cwd,
      env,
      encoding: 'utf8',
    }).stdout?.trim();
    if (globalConfig) env.npm_config_globalconfig = globalConfig;
  }
  env.PATH = `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`;
  const done = spawnNpm(node, npmArgs, { cwd, env, stdio: ['ignore', 2, 2] });
  if (done.error !== undefined) throw new Error(`npm could not be run (${done.error.message}). Install Node with npm.`);
  return done.status;
}

/** Hides deprecation warnings of an older npm on a newer Node, which users cannot fix. */
function spawnNpm(node, npmArgs, options) {
  const cli = findNpmCli();
  if (cli === null) return spawnSync('npm', npmArgs, { ...options, shell: process.platform === 'win32' });
  return spawnSync(node, ['--no-deprecation', cli, ...npmArgs], options);
}

function findNpmCli() {
  const near = dirname(process.execPath);
  const places = [
    process.env.npm_execpath,
    join(near, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(near, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  return places.find((place) => place !== undefined && /npm-cli\.c?js$/.test(place) && existsSync(place)) ?? null;
}

/** Serialises the set-up; the lock of a dead launcher (or one older than 15 minutes) is replaced. */
function withLock(work) {
  mkdirSync(RUNTIME, { recursive: true });
  const lock = join(RUNTIME, 'set-up.lock');
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code === 'EACCES' || error.code === 'EROFS')
        throw new Error(`${ROOT} can't be written. Clone Entrada into a folder of your own.`, { cause: error });
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned(lock)) rmSync(lock, { force: true });
      else if (waited === 10) say('Another start is setting up this folder; waiting for it ...');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAbandoned(lock) {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    if (Date.now() - statSync(lock).mtimeMs > 15 * 60_000) return true;
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function readIf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function hash(parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}

function say(text) {
  console.error(text);
}
