import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { EmulatorInfo } from '#lib/emulator/info.ts';
import { startEmulator } from '#lib/emulator/start.ts';
import { env } from '#lib/platform/config/env.ts';
import { CliError } from '../launcher/cli-error.ts';
import { demoDir } from '../launcher/demo.ts';
import { runUntilStopped } from '../launcher/process/child.ts';

/** `entrada emulator start | info [--json] | mutate [--spec JSON]` */
export async function emulator(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'start':
      return startHere();
    case 'info':
      return printInfo(rest);
    case 'mutate':
      return mutate(rest);
    default:
      throw new CliError('Usage: entrada -- emulator start | info [--json] | mutate [--spec JSON]', { exitCode: 2 });
  }
}

async function startHere(): Promise<number> {
  const settings = env();
  const running = await startEmulator({
    dir: dirOf(settings.dataDir),
    httpPort: settings.demoPort,
    tlsPort: settings.demoTlsPort,
    users: settings.ENTRADA_DEMO_USERS,
    redirectUris: [`${settings.baseUrl}/auth/oauth/code`],
  });
  if (process.send === undefined) process.stdout.write(`The demo tenant is at ${running.info.adminUrl}\n`);
  return runUntilStopped(running.info, () => running.stop());
}

function printInfo(args: readonly string[]): number {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const info = readInfo();
  if (values.json) {
    process.stdout.write(`${JSON.stringify(info, null, 2)}\n`);
    return 0;
  }
  const users = info.users.map((user) => `  ${user.username}  (${user.displayName}, ${user.kind})`);
  process.stdout.write(
    `Graph base URL  ${info.graphBaseUrl}\nAuthority       ${info.authority}\nTenant          ${info.tenantDomain} (${info.tenantId})\n` +
      `Client ID       ${info.clientId}\nClient Secret   ${info.clientSecret}\nPassword of all ${info.password}\nUsers\n${users.join('\n')}\n`,
  );
  return 0;
}

/** Changes the demo tenant's data and prints the exact changes as JSON. */
async function mutate(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { spec: { type: 'string', default: '{}' } } });
  const info = readInfo();
  const response = await fetch(new URL('/__admin/mutate', info.adminUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${info.adminToken}`, 'content-type': 'application/json' },
    body: values.spec,
  }).catch((cause: unknown) => {
    throw new CliError(`Nothing answers at ${info.adminUrl}. Start the demo tenant with npm start.`, { cause });
  });
  const body = await response.text();
  if (!response.ok) throw new CliError(`The demo tenant refused the change: ${body}`);
  process.stdout.write(`${body}\n`);
  return 0;
}

function dirOf(dataDir: string): string {
  return demoDir({ file: (...names) => [dataDir, ...names].join('/') });
}

function readInfo(): EmulatorInfo {
  const file = `${dirOf(env().dataDir)}/emulator.json`;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as EmulatorInfo;
  } catch (cause) {
    throw new CliError(`This data folder has no demo tenant yet (${file}). Start it with npm start.`, { cause });
  }
}
