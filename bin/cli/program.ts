import { Argument, Command, Option } from 'commander';
import { CliError } from '../launcher/cli-error.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { completionScript } from './completion.ts';
import { followRun } from './follow-run.ts';
import { formatRows } from './output.ts';
import { addProjectCommands } from './project/project-commands.ts';

export interface ProgramOptions {
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly print: (text: string) => void;
  /** Environment variables, which project files name. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Asks who sits at the terminal; null where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

type Given = { readonly json?: true; readonly server?: string; readonly token?: string } & Readonly<Record<string, unknown>>;

/** What an action of a command is given. */
export interface Called {
  readonly api: ApiClient;
  readonly args: readonly string[];
  readonly given: Given;
}

/** The commands that ask a server by its API. `exitCode` is that of the command that ran. */
export function buildProgram(options: ProgramOptions): { readonly program: Command; readonly exitCode: () => number } {
  let exitCode = 0;
  const program = new Command('entrada').description('Asks an Entrada server by its API.').exitOverride();
  const { print } = options;

  function add(parent: Command, usage: string, help: string, run: (called: Called) => Promise<unknown>): Command {
    const command = parent.command(usage).description(help).option('--json', 'JSON for programs');
    command
      .option('--server <url>', 'address of the server (ENTRADA_SERVER)')
      .option('--token <token>', 'API token (ENTRADA_TOKEN)');
    return command.action(async () => {
      const given: Given = command.opts();
      const code = await run({ api: clientOf(options, given), args: command.args, given });
      exitCode = typeof code === 'number' ? code : 0;
    });
  }
  const group = (name: string, help: string) => program.command(name).description(help);
  const addList = (parent: Command, path: string, columns: readonly string[]) =>
    add(parent, 'list', 'list them', async ({ api, given }) =>
      print(formatRows(await api.list(path), columns, given.json === true)),
    );
  const addCall = (parent: Command, usage: string, help: string, call: (called: Called) => Promise<object>) =>
    add(parent, usage, help, async (called) => print(`${JSON.stringify(await call(called), null, 2)}\n`));

  const connections = group('connections', 'connections to tenants');
  addList(connections, '/connections', ['id', 'name', 'state', 'tenantName', 'signIn', 'taskCount']);
  addCall(connections, 'get <id>', 'one connection', ({ api, args: [id] }) => api.get(`/connections/${id}`));
  addCall(connections, 'test <id>', 'renew the token and call Graph', ({ api, args: [id] }) =>
    api.post(`/connections/${id}/test`),
  );

  const metadata = group('metadata', 'datasets of a connection');
  add(metadata, 'list <connection>', 'its datasets', async ({ api, args: [id], given }) =>
    print(
      formatRows(
        await api.list(`/connections/${id}/metadata/datasets`),
        ['name', 'access', 'selected', 'columnCount'],
        given.json === true,
      ),
    ),
  );
  add(metadata, 'export <connection>', 'its metadata as YAML', async ({ api, args: [id] }) =>
    print(await api.text(`/connections/${id}/metadata/export?format=yaml`)),
  );

  const targets = group('targets', 'where rows land');
  addList(targets, '/targets', ['id', 'name', 'kind', 'location', 'taskCount']);
  addCall(targets, 'get <id>', 'one target', ({ api, args: [id] }) => api.get(`/targets/${id}`));
  addCall(targets, 'test <id>', 'try what a reload will do', ({ api, args: [id] }) => api.post(`/targets/${id}/test`));

  const tasks = group('tasks', 'what is reloaded, and where to');
  addList(tasks, '/tasks', ['id', 'name', 'method', 'namespace', 'pausedAt']);
  addCall(tasks, 'get <id>', 'one task', ({ api, args: [id] }) => api.get(`/tasks/${id}`));
  addCall(tasks, 'plan <id>', 'how its rows would be read', ({ api, args: [id] }) => api.post(`/tasks/${id}/plan`));
  addCall(tasks, 'pause <id>', 'nothing starts it until it is resumed', ({ api, args: [id] }) =>
    api.post(`/tasks/${id}/pause`, { paused: true }),
  );
  addCall(tasks, 'resume <id>', 'let it start again', ({ api, args: [id] }) => api.post(`/tasks/${id}/pause`, { paused: false }));

  addRuns(group('runs', 'reloads'), { add, addList, addCall, print });
  addProjectCommands(program, { add, addList, addCall, print }, options);
  addList(group('gateways', 'data gateways'), '/gateways', ['id', 'name', 'state', 'version']);
  addList(group('tokens', 'API tokens'), '/tokens', ['id', 'name', 'scopes', 'owner', 'expiresAt', 'lastUsedAt']);
  addList(group('people', 'people, for administrators'), '/people', ['id', 'email', 'role', 'disabled', 'lastSignInAt']);

  addCompletion(program, print);
  return { program, exitCode: () => exitCode };
}

function addCompletion(program: Command, print: (text: string) => void): void {
  program
    .command('completion')
    .description('a script for the shell: source <(entrada completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh']))
    .action((shell: 'bash' | 'zsh') => print(completionScript(program, shell)));
}

export interface Adders {
  readonly add: (parent: Command, usage: string, help: string, run: (called: Called) => Promise<unknown>) => Command;
  readonly addList: (parent: Command, path: string, columns: readonly string[]) => Command;
  readonly addCall: (parent: Command, usage: string, help: string, call: (called: Called) => Promise<object>) => Command;
  readonly print: (text: string) => void;
}

function addRuns(runs: Command, { add, addList, addCall, print }: Adders): void {
  addList(runs, '/runs', ['id', 'taskName', 'state', 'queuedAt', 'rowsRead', 'datasetsFailed']);
  addCall(runs, 'get <id>', 'one run with its datasets', ({ api, args: [id] }) => api.get(`/runs/${id}`));
  addCall(runs, 'cancel <id>', 'stop a run', ({ api, args: [id] }) => api.post(`/runs/${id}/cancel`));
  add(runs, 'follow <id>', 'watch a run until it is over', ({ api, args: [id = ''] }) =>
    followRun(api, id, (line) => print(`${line}\n`)),
  );
  add(runs, 'start <task>', 'start a run of a task, by its id or name', async ({ api, args: [wanted = ''], given }) => {
    const tasks = await api.list('/tasks');
    const task = tasks.find(({ id }) => id === wanted) ?? tasks.find(({ name }) => name === wanted);
    if (task === undefined) throw new CliError(`There is no task ${wanted}. \`entrada tasks list\` shows them.`);
    const { full = false, failedOnly = false, confirmDeletes = false } = given;
    const run = await api.post(`/tasks/${String(task['id'])}/runs`, { full, failedOnly, confirmDeletes });
    const follows = given['follow'] === true;
    if (!follows || given.json !== true)
      print(given.json === true ? `${JSON.stringify(run, null, 2)}\n` : `${String(run['id'])}\n`);
    if (!follows) return 0;
    const code = await followRun(api, String(run['id']), given.json === true ? () => {} : (line) => print(`${line}\n`));
    if (given.json === true) print(`${JSON.stringify(await api.get(`/runs/${String(run['id'])}`), null, 2)}\n`);
    return code;
  })
    .addOption(new Option('--follow', 'print a line whenever a dataset moved, until the run is over'))
    .option('--full', 'read everything')
    .option('--failed-only', 'only datasets whose last run failed')
    .option('--confirm-deletes', 'allow many deletes')
    .addHelpText(
      'after',
      '\nExit code with --follow: 0 done, 3 done with problems, 1 failed, 4 cancelled.\n\nExamples:\n  entrada runs start Nightly --follow\n  entrada runs start task_2b... --failed-only --json\n',
    );
}

function clientOf({ server, token, fetch }: ProgramOptions, given: Given): ApiClient {
  const address = given.server ?? server;
  const secret = given.token ?? token;
  if (address === undefined)
    throw new CliError('Which server? Use --server https://entrada.example.com, or ENTRADA_SERVER.', { exitCode: 2 });
  if (secret === undefined)
    throw new CliError('Use an API token of Settings, API tokens: ENTRADA_TOKEN, or --token.', { exitCode: 2 });
  return createApiClient({ server: address, token: secret, fetch });
}
