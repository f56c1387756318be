import { formatCounted } from '#lib/domain/format.ts';
import type { NotificationEvent, NotificationMessage } from '#lib/domain/notification/event.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { RunState } from '#lib/domain/run/run.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { type RunFacts, readRunFacts } from '#lib/store/notification/run-facts.ts';
import { publishNotification } from './publish-notification.ts';

/** A run that ends now. */
export interface RunEndFact {
  readonly runId: string;
  readonly state: RunState;
  readonly problem: Problem | null;
}

/** Maximum number of datasets that a message names; further ones are counted. */
const NAMED_MAX = 5;
const HELD = 'delete-share-exceeded';

/** Notifies that a run ended, where a rule names its event. Call it in the transaction of the end. */
export async function publishRunEnd(tx: Tx, ended: RunEndFact, at: Date): Promise<void> {
  if (ended.state === 'cancelled') return;
  const facts = await readRunFacts(tx, ended.runId);
  const event = eventOf(ended.state, facts);
  if (event === null) return;
  const message = messageOf(event, ended, facts);
  const key = `${event}/${ended.runId}`;
  await publishNotification(tx, { event, key, at, message, taskId: facts.task.id, connectionId: facts.connection.id });
}

/** One event per run: when its only problem is deletes that need confirmation, the event is the question, not the problem. */
function eventOf(state: RunState, { previous, datasets }: RunFacts): NotificationEvent | null {
  if (state === 'done') return previous === 'failed' || previous === 'partial' ? 'run-recovered' : null;
  const problems = datasets.flatMap(({ problem }) => (problem === null ? [] : [problem.code]));
  if (problems.length > 0 && problems.every((code) => code === HELD)) return 'deletes-held';
  return state === 'failed' ? 'run-failed' : 'run-partial';
}

function messageOf(event: NotificationEvent, { runId, problem }: RunEndFact, facts: RunFacts): NotificationMessage {
  const { task, connection, datasets } = facts;
  const amiss = datasets.filter(({ state }) => state !== 'done');
  const first = problem ?? amiss.find((dataset) => dataset.problem !== null)?.problem ?? null;
  const named = amiss.slice(0, NAMED_MAX).map(({ title, problem: own }) => `${title}${own === null ? '' : `: ${own.title}`}`);
  const more = amiss.length > NAMED_MAX ? [`and ${formatCounted(amiss.length - NAMED_MAX, 'more dataset')}`] : [];
  return {
    title: titleOf(event, task.name, amiss.length),
    facts: [
      { label: 'Task', value: task.name },
      { label: 'Connection', value: connection.name },
      { label: 'Datasets', value: `${datasets.length - amiss.length} of ${datasets.length} done` },
      ...(problem === null ? [] : [{ label: 'Problem', value: problem.title }]),
      ...(amiss.length === 0 ? [] : [{ label: 'Not done', value: [...named, ...more].join('\n') }]),
    ],
    remedy: event === 'run-recovered' ? null : (first?.remedy ?? 'Open the run to see the result of each dataset.'),
    path: `/runs/${runId}`,
  };
}

function titleOf(event: NotificationEvent, task: string, amiss: number): string {
  switch (event) {
    case 'run-recovered':
      return `${task} is done without problems, for the first time after a run with problems.`;
    case 'deletes-held':
      return `${task} would delete many rows of ${formatCounted(amiss, 'dataset')}, and waits for a confirmation.`;
    case 'run-failed':
      return `${task} failed.`;
    default:
      return `${task} is done with problems in ${formatCounted(amiss, 'dataset')}.`;
  }
}
