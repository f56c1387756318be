'use client';

import { useState } from 'react';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { NOTIFICATION_EVENT_LABEL } from '#lib/domain/notification/event.ts';
import type { RuleDto } from '#lib/domain/notification/rule.ts';
import { deleteNotificationRuleAction } from '../actions.ts';
import { type Named, RuleDialog } from './rule-dialog.tsx';

interface RuleSectionProps {
  readonly rules: readonly RuleDto[];
  readonly channels: readonly Named[];
  readonly connections: readonly Named[];
  readonly tasks: readonly Named[];
}

export function RuleSection({ rules, ...choices }: RuleSectionProps) {
  const [edited, setEdited] = useState<RuleDto | 'new' | null>(null);
  return (
    <section aria-labelledby="rules" className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="rules" className="text-base font-semibold">
          Rules
        </h2>
        <Button size="sm" onClick={() => setEdited('new')}>
          Create rule
        </Button>
      </div>
      {rules.length === 0 ? (
        <p className="text-muted-foreground">No rule yet: Entrada sends no notifications.</p>
      ) : (
        <Card>
          <ul className="divide-y">
            {rules.map((rule) => (
              <li key={rule.id} className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3">
                <span className="min-w-48 flex-1">
                  <span className="flex flex-wrap items-center gap-2 font-medium">
                    {rule.name}
                    {rule.enabled ? null : <Badge variant="warning">Off</Badge>}
                  </span>
                  <span className="block text-sm text-muted-foreground">
                    {rule.events.map((event) => NOTIFICATION_EVENT_LABEL[event]).join('; ')}
                  </span>
                  <span className="block text-sm text-muted-foreground">
                    For {scopeOf(rule)}. Sent to {placesOf(rule)}.
                  </span>
                </span>
                <Button variant="outline" size="sm" onClick={() => setEdited(rule)}>
                  Edit
                  <span className="sr-only"> {rule.name}</span>
                </Button>
                <ConfirmButton
                  label="Delete"
                  variant="ghost"
                  title={`Delete ${rule.name}?`}
                  description="Earlier notifications of this rule stay in the inbox and in the delivery log."
                  onConfirm={async () => {
                    const result = await deleteNotificationRuleAction({ ruleId: rule.id });
                    return result.ok ? null : result.problem;
                  }}
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {edited === null ? null : (
        <RuleDialog rule={edited === 'new' ? null : edited} {...choices} onClose={() => setEdited(null)} />
      )}
    </section>
  );
}

function scopeOf({ taskName, connectionName }: RuleDto): string {
  if (taskName !== null) return `the task ${taskName}`;
  return connectionName === null ? 'everything' : `the connection ${connectionName}`;
}

function placesOf({ inbox, channels }: RuleDto): string {
  const places = [...(inbox ? ['the inbox'] : []), ...channels.map(({ name }) => name)];
  return places.length === 0 ? 'no place' : places.join(', ');
}
