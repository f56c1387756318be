import Link from 'next/link';
import { GatewayName } from '#components/gateway/gateway-name.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Fact } from '#components/ui/layout/fact.tsx';
import { TitledCard } from '#components/ui/layout/titled-card.tsx';
import { formatCount, formatCounted, formatPercentage } from '#lib/domain/format.ts';
import { DRIFT_CHOICES, driftInWords, REPLACED_TABLE_DRIFT_CHOICES } from '#lib/domain/task/drift-settings.ts';
import { type LakeSettings, recreatesTables, type TaskDto, type TaskTarget } from '#lib/domain/task/task.ts';
import { METHOD_WRITES, NAMESPACE_LABEL, UPDATE_METHOD_LABEL } from '#lib/domain/task/update-method.ts';
import { FORMAT_LABEL, PUBLISH_LABEL, TABLES_LABEL, WHEN_EXISTS_LABEL } from '../../_components/setting-labels.ts';

/** Settings of a task. */
export function TaskDefinition({ task }: { readonly task: TaskDto }) {
  const namespaceLabel = NAMESPACE_LABEL[METHOD_WRITES[task.method]];
  return (
    <TitledCard title="Definition">
      <dl className="space-y-2.5 px-4 py-3 text-sm">
        <Fact term="Connection">
          <Link
            href={`/connections/${task.connectionId}`}
            className="rounded-sm underline decoration-border underline-offset-4 outline-none hover:decoration-foreground focus-visible:ring-2 focus-visible:ring-ring"
          >
            {task.connectionName}
          </Link>
        </Fact>
        {task.gateway === null ? null : (
          <Fact term="Data gateway">
            <GatewayName gateway={task.gateway} />
            <span className="block text-xs text-muted-foreground">
              runs wait {formatCounted(task.gatewayWaitMinutes, 'minute')} for it
            </span>
          </Fact>
        )}
        <Fact term="Target">{task.targetName}</Fact>
        <Fact term={namespaceLabel}>
          <span className="flex items-center gap-1">
            <code className="min-w-0 truncate font-mono text-xs">{task.namespace}</code>
            <CopyButton value={task.namespace} label={`Copy ${namespaceLabel.toLowerCase()}`} />
          </span>
        </Fact>
        <Fact term="Update method">{UPDATE_METHOD_LABEL[task.method]}</Fact>
        {settingsInWords(task.target).map(([term, words]) => (
          <Fact key={term} term={term}>
            {words}
          </Fact>
        ))}
        {namesInWords(task.target.settings.names).map((words, at) => (
          <Fact key={words} term={at === 0 ? 'Names' : ''}>
            {words}
          </Fact>
        ))}
        <Fact term="Publish">{PUBLISH_LABEL[task.target.settings.publish]}</Fact>
        {relationsInWords(task.target).map((words, at) => (
          <Fact key={words} term={at === 0 ? 'Relationships' : ''}>
            {words}
          </Fact>
        ))}
        <Fact term="Changed columns">
          <ul>
            {driftInWords(
              task.target.settings.drift,
              recreatesTables(task.target) ? REPLACED_TABLE_DRIFT_CHOICES : DRIFT_CHOICES,
            ).map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </Fact>
        <Fact term="Unreadable rows">{UNREADABLE_ROWS[task.target.settings.unreadableRows]}</Fact>
        <Fact term="Events">{eventsInWords(task.target.settings.events)}</Fact>
      </dl>
    </TitledCard>
  );
}

function eventsInWords({ lookbackHours, firstDays, retentionDays }: TaskTarget['settings']['events']): string {
  const first = firstDays === null ? 'all that Graph keeps' : `${firstDays} days`;
  const kept = retentionDays === null ? 'kept' : `deleted after ${retentionDays} days`;
  return `look back ${lookbackHours} h, first run ${first}, ${kept}`;
}

function namesInWords({ columns, tablePrefix, renames }: TaskTarget['settings']['names']): readonly string[] {
  return [
    columns === 'camelCase' ? 'Columns as in Graph' : 'Columns in snake_case',
    ...(tablePrefix === '' ? [] : [`tables begin with ${tablePrefix}`]),
    ...(renames.length === 0 ? [] : [`${formatCounted(renames.length, 'renamed table or column', 'renamed tables or columns')}`]),
  ];
}

const UNREADABLE_ROWS = { stop: 'Stop the dataset', 'set-aside': 'Set aside in __rejected' } as const;

function relationsInWords(target: TaskTarget): readonly string[] {
  if (!('relationKeys' in target.settings)) return [];
  const { relationKeys, relationshipViews } = target.settings;
  return [
    ...(relationKeys === 'none' ? [] : [relationKeys === 'comments' ? 'Named in comments' : 'Foreign keys and comments']),
    ...(relationshipViews ? ['Views that end in __view'] : []),
  ];
}

function keptWords({ versionsKept, versionDaysKept }: LakeSettings): string {
  if (versionDaysKept === null) return formatCount(versionsKept);
  return `${formatCount(versionsKept)}, for ${versionDaysKept === 1 ? 'one day' : `${versionDaysKept} days`} at most`;
}

function settingsInWords(target: TaskTarget): readonly (readonly [string, string])[] {
  switch (target.method) {
    case 'reload-and-compare':
      return [
        [
          'Reads',
          target.settings.incremental
            ? `only changes, and everything every ${target.settings.fullCompareDays === 1 ? 'day' : `${target.settings.fullCompareDays} days`}`
            : 'everything',
        ],
        ['History', target.settings.history ? 'Kept (type 2)' : 'Not kept'],
        ['Deleted rows', target.settings.softDelete ? 'Kept, with the time of deletion' : 'Deleted'],
        ['Stops and asks', `when over ${formatPercentage(target.settings.deleteShareMax)} of the rows would be deleted`],
      ];
    case 'full-load':
      return [['When the table exists', WHEN_EXISTS_LABEL[target.settings.whenTableExists]]];
    case 'reload-and-compare-files':
      return [
        ['Tables', TABLES_LABEL[target.settings.tables]],
        ['Stops and asks', `when over ${formatPercentage(target.settings.deleteShareMax)} of the rows would be deleted`],
        ['Older versions kept', keptWords(target.settings)],
      ];
    case 'reload':
      return [
        ['Format', FORMAT_LABEL[target.settings.format]],
        ...(target.settings.tables === 'files' ? [] : [['Tables', TABLES_LABEL[target.settings.tables]] as const]),
        ['Older versions kept', keptWords(target.settings)],
      ];
  }
}
