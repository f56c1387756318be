import type { Command } from 'commander';
import type { CommandAdder, CommandCall } from '../adders.ts';
import type { ProjectConsole } from '../project/project-commands.ts';
import { askForCode } from '../project/project-commands.ts';
import { verifySignIn } from '../verify-sign-in.ts';
import type { ApiCommand } from './api-command.ts';
import { idOf, paramsOf } from './resolve-params.ts';
import { bodyFrom, runCommand } from './run-command.ts';
import { API_COMMANDS, GROUPS } from './table.ts';

/** Adds a command for each operation of the table, and those that create and verify connections. Answers the groups. */
export function addApiCommands(program: Command, adders: CommandAdder, console: ProjectConsole): ReadonlyMap<string, Command> {
  const groups = new Map(Object.entries(GROUPS).map(([name, help]) => [name, program.command(name).description(help)]));
  for (const command of API_COMMANDS) {
    const parent = groups.get(command.group);
    if (parent !== undefined) addApiCommand(parent, command, adders);
  }
  const connections = groups.get('connections');
  if (connections !== undefined) addConnectionCommands(connections, adders, console);
  return groups;
}

function addApiCommand(parent: Command, command: ApiCommand, { add, print }: CommandAdder): void {
  const { group, name, help, path, method, example } = command;
  const usage = [name, ...paramsOf(path).map((param) => `<${argumentOf(param)}>`)].join(' ');
  const added = add(parent, usage, help, async (called) => print(await runCommand(command, called)));
  if (method === 'GET') added.option('--query <name=value...>', 'query parameter, such as limit=10; see the API reference');
  if (command.body !== undefined) withBody(added, command.body === 'yes');
  const args = paramsOf(path).map((param) => EXAMPLES[param] ?? `${argumentOf(param)}_...`);
  added.addHelpText('after', `\nExample:\n  entrada ${group} ${name} ${example ?? args.join(' ')}`.trimEnd());
}

function withBody(command: Command, takesMembers: boolean): Command {
  const added = command.option('-f, --file <file>', 'file with the input, as YAML or JSON; - reads standard input');
  return takesMembers ? added.option('--set <name=value...>', 'a member of the input; the value is read as YAML') : added;
}

/** `gatewayGroupId` -> `gateway-group` */
function argumentOf(param: string): string {
  return param
    .replace(/Id$/, '')
    .replace(/^user$/, 'person')
    .replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const EXAMPLES: Readonly<Record<string, string>> = {
  connectionId: 'Contoso',
  targetId: 'Warehouse',
  taskId: 'Nightly',
  datasetId: 'users',
  gatewayId: '"Plant A"',
  gatewayGroupId: 'Plant',
  channelId: '"On call"',
  ruleId: 'Failures',
  userId: 'ada@contoso.com',
};

/** A connection takes a verification, and for a person a sign-in in between. */
function addConnectionCommands(connections: Command, { add, print }: CommandAdder, console: ProjectConsole): void {
  const show = (value: object) => print(`${JSON.stringify(value, null, 2)}\n`);
  const verify = ({ api }: CommandCall, settings: ReturnType<typeof bodyFrom>, name: string) =>
    verifySignIn(api, settings, (url) => askForCode(url, name, console));
  withBody(
    add(connections, 'create', 'verify the settings and create a connection', async (called) => {
      const { name, secretExpiresOn = null, ...settings } = bodyFrom(called.given);
      const verificationId = await verify(called, settings, String(name));
      show(await called.api.post('/connections', { verificationId, name, secretExpiresOn }));
    }),
    true,
  ).addHelpText(
    'after',
    '\nWith signIn: delegated, the command prints an address where a person signs in. Then it asks for the code that the page shows.\n\nExample:\n  entrada connections create --file connection.yaml --set name=Contoso --set signIn=app-only',
  );
  withBody(
    add(connections, 'verify <connection>', 'sign in again, with the stored settings or with other settings', async (called) => {
      const { api, args, given } = called;
      const connectionId = await idOf('connectionId', args[0] ?? '', { api });
      const { clientId, tenant, graphBaseUrl, signIn, credential } = await api.get(`/connections/${connectionId}`);
      const settings = { clientId, tenant, graphBaseUrl, signIn, credential, ...bodyFrom(given), connectionId };
      const verificationId = await verify(called, settings, args[0] ?? '');
      show(await api.post(`/connections/${connectionId}/renew`, { verificationId }));
    }),
    true,
  ).addHelpText('after', '\nExample:\n  entrada connections verify Contoso');
}

/** Operations that a command calls among others, or that no command calls, each with its reason. */
export const OTHER_OPERATIONS: Readonly<Record<string, string>> = {
  startVerification: 'connections create, verify',
  verifyApplication: 'connections create, verify',
  verifyCode: 'connections create, verify',
  createConnection: 'connections create',
  renewConnection: 'connections verify',
  getVerification: 'state of the dialog: the commands wait for the result',
  testVerification: 'connections test, after it is created',
  startRun: 'runs start',
  watchRun: 'runs follow',
  watchMetadataJob: 'metadata job shows it',
  watchGateways: 'gateways list shows their states',
  getOpenApi: 'for generators: /api/v1/openapi.json',
};
