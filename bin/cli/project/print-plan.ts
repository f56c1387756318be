import type { StepResult } from './apply.ts';
import type { Plan, Step } from './plan.ts';
import type { FieldChange } from './resource.ts';

const SIGN = { create: '+', update: '~', delete: '-' } as const;
const VALUE_CHARS_MAX = 100;

/** A plan for people: a line for each resource, and below it what differs. */
export function formatPlan({ steps, missing }: Plan): string {
  if (steps.length === 0) return 'Nothing to do: the server matches the file.\n';
  const lines = steps.flatMap((step) => [titleOf(step), ...detailOf(step)]);
  const count = (action: Step['action']) => steps.filter((step) => step.action === action).length;
  const sum = `${count('create')} to create, ${count('update')} to change, ${count('delete')} to delete.`;
  return `${[...lines, '', ...missing, sum].join('\n')}\n`;
}

export function titleOf({ action, of, name }: Step): string {
  return `${SIGN[action]} ${of.kind} ${name}`;
}

function detailOf({ action, of, wanted, changes, sendsSecrets, needsPerson }: Step): string[] {
  if (of.kind === 'metadata' && action === 'create') {
    return [`    ${Object.keys(wanted?.value ?? {}).length} datasets`];
  }
  const secrets = sendsSecrets && action === 'update' ? Object.keys(wanted?.secrets ?? {}) : [];
  return [
    ...changes.map((change) => `    ${lineOf(change, action)}`),
    ...secrets.map((path) => `    ${path}: sent again from ${wanted?.secrets[path]}`),
    ...(needsPerson ? ['    a person has to sign in for it'] : []),
  ];
}

function lineOf({ path, before, after }: FieldChange, action: Step['action']): string {
  return action === 'create' ? `${path}: ${short(after)}` : `${path}: ${short(before)} -> ${short(after)}`;
}

function short(value: unknown): string {
  const text = value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= VALUE_CHARS_MAX ? text : `${text.slice(0, VALUE_CHARS_MAX)}... (${text.length} characters)`;
}

/** A plan for programs. */
export function planAsJson({ steps, missing }: Plan): object {
  return { changes: steps.map(stepAsJson), missing };
}

function stepAsJson({ action, of, name, changes, sendsSecrets, needsPerson }: Step): object {
  return { action, kind: of.kind, name, changes, sendsSecrets, needsPerson };
}

export function resultsAsJson(results: readonly StepResult[]): object {
  return { results: results.map(({ step, outcome, reason }) => ({ ...stepAsJson(step), outcome, reason })) };
}

/** What was done, for the end of an apply. */
export function formatSum(results: readonly StepResult[]): string {
  const count = (outcome: StepResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  return `${count('done')} done, ${count('failed')} failed, ${count('skipped')} skipped.\n`;
}
