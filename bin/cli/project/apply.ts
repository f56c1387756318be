import { CliError } from '../../launcher/cli-error.ts';
import { type ApiClient, ApiProblem } from '../api-client.ts';
import { type Plan, type Step, secretsOf } from './plan.ts';
import type { Variables } from './read-project.ts';
import type { AllowedRisks, Kind, Ref, Target } from './resource.ts';

/** What became of a step. */
export interface StepResult {
  readonly step: Step;
  readonly outcome: 'done' | 'failed' | 'skipped';
  /** Why it was not done. */
  readonly reason: string | null;
}

export interface ApplyOptions {
  readonly variables: Variables;
  readonly allow: AllowedRisks;
  readonly askForCode: Target['askForCode'];
  /** Called with each step as it ends. */
  readonly onResult: (result: StepResult) => void;
}

/**
 * Makes the changes of a plan, one after the other. A step that fails stops only what needs it.
 * @throws CliError before anything is changed, when a secret is missing
 */
export async function applyPlan(api: ApiClient, plan: Plan, options: ApplyOptions): Promise<readonly StepResult[]> {
  if (plan.missing.length > 0) throw new CliError(plan.missing.join('\n'));
  const ids = new Map(plan.ids);
  const failed = new Set<Ref>();
  const results: StepResult[] = [];
  for (const step of plan.steps) {
    const result = await run(step, { api, ids, failed }, options);
    if (result.outcome !== 'done') failed.add(`${step.of.kind}:${step.name}`);
    results.push(result);
    options.onResult(result);
  }
  return results;
}

interface State {
  readonly api: ApiClient;
  readonly ids: Map<Ref, string>;
  readonly failed: ReadonlySet<Ref>;
}

async function run(step: Step, { api, ids, failed }: State, options: ApplyOptions): Promise<StepResult> {
  const { of, name, wanted, current, changes } = step;
  const broken = wanted?.needs.find((ref) => failed.has(ref));
  if (broken !== undefined)
    return { step, outcome: 'skipped', reason: `The ${broken.replace(':', ' ')} was not created or changed.` };
  try {
    if (step.action === 'delete') {
      if (current !== null) await of.remove?.(current, api);
      return { step, outcome: 'done', reason: null };
    }
    const value = wanted?.value ?? null;
    if (wanted === null || value === null) return { step, outcome: 'done', reason: null };
    const changed = new Set(changes.map(({ path }) => path));
    const target = { api, idOf: finder(ids), secrets: secretsOf(step, options.variables), ...options };
    ids.set(`${of.kind}:${name}`, await of.save({ wanted: { ...wanted, value }, current, changed }, target));
    return { step, outcome: 'done', reason: null };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { step, outcome: 'failed', reason: reasonOf(error) };
  }
}

/** Options that allow what the server refuses otherwise, by the code of the refusal. */
const ALLOWED_BY: Readonly<Record<string, string>> = {
  'target-location-used': '--move-targets',
  'method-locked': '--recreate',
  'names-locked': '--recreate',
};

function reasonOf(error: CliError): string {
  const code = error instanceof ApiProblem ? error.code : null;
  if (code === 'precondition-failed') return 'Another person edited it after the plan. Plan again, and check the differences.';
  const option = code === null ? undefined : ALLOWED_BY[code];
  return option === undefined ? error.message : `${error.message} The option ${option} of apply allows it.`;
}

function finder(ids: ReadonlyMap<Ref, string>): (kind: Kind, name: string) => string {
  return (kind, name) => {
    const id = ids.get(`${kind}:${name}`);
    if (id === undefined) throw new CliError(`The ${kind} ${name} does not exist.`);
    return id;
  };
}
