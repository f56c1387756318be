import type { Command } from 'commander';
import { CliError } from '../../launcher/cli-error.ts';
import type { CommandAdder, CommandCall } from '../adders.ts';
import { applyPlan, type StepResult } from './apply.ts';
import { exportProject, toText, writeFiles } from './export.ts';
import { type Plan, planProject } from './plan.ts';
import { formatPlan, formatSum, planAsJson, resultsAsJson, titleOf } from './print-plan.ts';
import { projectJsonSchema } from './project-file.ts';
import { readProject, type Variables } from './read-project.ts';

/** What project commands need of the process. */
export interface ProjectConsole {
  readonly print: (text: string) => void;
  readonly variables: Variables;
  /** Null where nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

/** `entrada export | plan | apply | schema`: what a server is set up with as a file for Git. */
export function addProjectCommands(program: Command, { add }: CommandAdder, console: ProjectConsole): void {
  add(program, 'export', 'export the whole project as YAML, without secrets', (called) => runExport(called, console))
    .option('-o, --output <file>', 'write to this file, and metadata to files below `metadata` beside it')
    .addHelpText('after', '\nExamples:\n  entrada export > entrada.yaml\n  entrada export --output project/entrada.yaml\n');
  withPlanOptions(add(program, 'plan <file>', 'show what `apply` would change', (called) => runPlan(called, console)))
    .option('--detailed-exitcode', 'exit 2 when there is something to change')
    .addHelpText(
      'after',
      '\nExit code: 0 done, 1 error; with --detailed-exitcode 2 when there is something to change.\n\nExamples:\n  entrada plan entrada.yaml\n  entrada plan entrada.yaml --prune --detailed-exitcode --json\n',
    );
  withPlanOptions(add(program, 'apply <file>', 'change the server to match the file', (called) => runApply(called, console)))
    .option('--yes', 'do not ask for confirmation')
    .option('--recreate', 'if the update method or the names of a task change, drop its landed tables')
    .option('--move-targets', 'allow a new location for a target that tasks use')
    .addHelpText(
      'after',
      '\nWithout a terminal, --yes is required. A failed step stops only the steps that depend on it; the exit code is then 1.\n\nExamples:\n  entrada apply entrada.yaml\n  CONTOSO_CLIENT_SECRET=... entrada apply entrada.yaml --yes\n',
    );
  program
    .command('schema')
    .description('print the schema of the project file (JSON Schema)')
    .action(() => console.print(`${JSON.stringify(projectJsonSchema(), null, 2)}\n`));
}

function withPlanOptions(command: Command): Command {
  return command
    .option('--prune', 'delete objects that are on the server but not in the file, in sections that the file has')
    .option('--secrets', 'send all secrets again, also for unchanged objects');
}

async function runExport({ api, given }: CommandCall, { print }: ProjectConsole): Promise<void> {
  const exported = await exportProject(api);
  const file = given['output'];
  if (typeof file === 'string') {
    const files = writeFiles(exported, file);
    return print(given.json === true ? `${JSON.stringify({ files }, null, 2)}\n` : files.map((each) => `${each}\n`).join(''));
  }
  print(given.json === true ? `${JSON.stringify(exported.project, null, 2)}\n` : toText(exported));
}

async function planOf({ api, args: [file = ''], given }: CommandCall, { variables }: ProjectConsole): Promise<Plan> {
  const options = { variables, prune: given['prune'] === true, secrets: given['secrets'] === true };
  return planProject(api, readProject(file, variables), options);
}

async function runPlan(called: CommandCall, console: ProjectConsole): Promise<number> {
  const plan = await planOf(called, console);
  console.print(called.given.json === true ? `${JSON.stringify(planAsJson(plan), null, 2)}\n` : formatPlan(plan));
  return called.given['detailedExitcode'] === true && plan.steps.length > 0 ? 2 : 0;
}

async function runApply(called: CommandCall, console: ProjectConsole): Promise<number> {
  const { given, api } = called;
  const plan = await planOf(called, console);
  const say = given.json === true ? () => {} : console.print;
  say(formatPlan(plan));
  if (plan.missing.length > 0) throw new CliError(plan.missing.join('\n'));
  if (plan.steps.length > 0 && given['yes'] !== true && !(await isConfirmed(console))) throw new CliError('Nothing was changed.');
  const results = await applyPlan(api, plan, {
    variables: console.variables,
    allow: { recreate: given['recreate'] === true, moveTargets: given['moveTargets'] === true },
    askForCode: (url, name) => askForCode(url, name, console),
    onResult: (result) => say(lineOf(result)),
  });
  if (given.json === true) console.print(`${JSON.stringify(resultsAsJson(results), null, 2)}\n`);
  else if (results.length > 0) console.print(formatSum(results));
  return results.every(({ outcome }) => outcome === 'done') ? 0 : 1;
}

async function isConfirmed({ ask }: ProjectConsole): Promise<boolean> {
  if (ask === null) throw new CliError('There is no terminal to confirm the changes. Use --yes to make them.');
  return (await ask('Make these changes? Type yes: ')).trim() === 'yes';
}

/** Has a person sign in at the address; answers what the page shows them afterwards. */
export async function askForCode(url: string, name: string, { ask, print }: ProjectConsole): Promise<string> {
  if (ask === null) {
    throw new CliError(
      `The connection ${name} needs the sign-in of a person. Create it on the page, or run this command in a terminal. Then apply the rest of the file.`,
    );
  }
  print(`\nSign in for the connection ${name}:\n  ${url}\n`);
  return (await ask('Paste the code that the page shows: ')).trim();
}

function lineOf({ step, outcome, reason }: StepResult): string {
  return `${titleOf(step)}: ${outcome}${reason === null ? '' : `. ${reason}`}\n`;
}
