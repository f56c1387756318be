import { Argument, Command, Option } from 'commander';
import { CliError } from '../launcher/cli-error.ts';
import type { CommandAdder, CommandCall, Given } from './adders.ts';
import { createApiClient } from './api-client.ts';
import { addApiCommands } from './commands/add-commands.ts';
import { completionScript } from './completion.ts';
import { followRun } from './follow-run.ts';
import { addProjectCommands } from './project/project-commands.ts';

/** A server, and the token to ask it with. */
export interface AskedServer {
  readonly server: string;
  readonly token: string;
  /** Called when the command is done. */
  readonly end?: () => Promise<unknown>;
}

export interface ProgramOptions {
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly print: (text: string) => void;
  /** Environment variables, which project files name. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Opens the server of this machine, in the name of a person; null where there is none to be looked for. */
  readonly local: ((email: string | null) => Promise<AskedServer>) | null;
  /** Asks who sits at the terminal; null where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

/** The commands that use the API of a server. `exitCode`: of the command that was executed. */
export function buildProgram(options: ProgramOptions): { readonly program: Command; readonly exitCode: () => number } {
  let exitCode = 0;
  const program = new Command('entrada').description('Controls an Entrada server through its API.').exitOverride();
  const { print } = options;

  function add(parent: Command, usage: string, help: string, run: (called: CommandCall) => Promise<unknown>): Command {
    const command = parent.command(usage).description(help).option('--json', 'print JSON');
    command
      .option('--server <url>', 'address of the server (ENTRADA_SERVER)')
      .option('--token <token>', 'API token (ENTRADA_TOKEN)')
      .option('--as <email>', 'on the machine of the server, without a token: act as this person');
    return command.action(async () => {
      const given: Given = command.opts();
      const { server, token, end } = await serverOf(options, given);
      try {
        const api = createApiClient({ server, token, fetch: options.fetch });
        const code = await run({ api, args: command.args, given });
        exitCode = typeof code === 'number' ? code : 0;
      } finally {
        await end?.();
      }
    });
  }
  const adders = { add, print };
  const groups = addApiCommands(program, adders, options);
  const runs = groups.get('runs');
  if (runs !== undefined) addRuns(runs, adders);
  addProjectCommands(program, adders, options);

  addCompletion(program, print);
  return { program, exitCode: () => exitCode };
}

function addCompletion(program: Command, print: (text: string) => void): void {
  program
    .command('completion')
    .description('print a completion script for the shell: source <(entrada completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh']))
    .action((shell: 'bash' | 'zsh') => print(completionScript(program, shell)));
}

function addRuns(runs: Command, { add, print }: CommandAdder): void {
  add(runs, 'follow <id>', 'follow a run until it ends', ({ api, args: [id = ''] }) =>
    followRun(api, id, (line) => print(`${line}\n`)),
  );
  add(runs, 'start <task>', 'start a run of a task, by its id or name', async ({ api, args: [wanted = ''], given }) => {
    const tasks = await api.list('/tasks');
    const task = tasks.find(({ id }) => id === wanted) ?? tasks.find(({ name }) => name === wanted);
    if (task === undefined)
      throw new CliError(`No task has the name or id ${wanted}. List the tasks with \`entrada tasks list\`.`);
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
    .addOption(new Option('--follow', 'print a line for each progress of a dataset until the run ends'))
    .option('--full', 'read all rows, also of incremental tasks')
    .option('--failed-only', 'reload only datasets whose last run failed')
    .option('--confirm-deletes', 'allow more deletes than the limit of the task')
    .addHelpText(
      'after',
      '\nExit code with --follow: 0 done, 3 done with problems, 1 failed, 4 cancelled.\n\nExamples:\n  entrada runs start Nightly --follow\n  entrada runs start task_2b... --failed-only --json\n',
    );
}

/** The server that was named, else the one that runs on this machine. */
async function serverOf({ server, token, local }: ProgramOptions, given: Given): Promise<AskedServer> {
  const address = given.server ?? server;
  const secret = given.token ?? token;
  if (address === undefined && secret === undefined && local !== null) return local(given.as ?? null);
  if (address === undefined)
    throw new CliError('The address of the server is missing. Use --server https://entrada.example.com, or ENTRADA_SERVER.', {
      exitCode: 2,
    });
  if (secret === undefined)
    throw new CliError('The API token is missing. Create a token under Settings, API tokens, and use ENTRADA_TOKEN or --token.', {
      exitCode: 2,
    });
  return { server: address, token: secret };
}
