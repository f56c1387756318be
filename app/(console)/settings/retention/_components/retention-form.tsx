'use client';

import { useActionState, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import type { Retention } from '#lib/domain/account/retention.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { setRetentionAction } from '../actions.ts';

const textOf = (days: number | null) => (days === null ? '' : String(days));
const daysOf = (text: string) => (text.trim() === '' ? null : Number(text));

export function RetentionForm({ retention }: { readonly retention: Retention }) {
  const [audit, setAudit] = useState(textOf(retention.auditDays));
  const [runs, setRuns] = useState(textOf(retention.runDays));
  const [result, submit, pending] = useActionState<ActionResult<Retention> | null>(async () => {
    const answer = await setRetentionAction({ auditDays: daysOf(audit), runDays: daysOf(runs) });
    if (answer.ok) toast.success('Saved the retention. It applies from the next night.');
    return answer;
  }, null);
  return (
    <Card className="max-w-2xl p-4">
      <form action={submit} className="grid gap-4">
        {result?.ok === false ? <ProblemAlert problem={result.problem} /> : null}
        <Field
          label="Audit trail, days"
          optional
          hint="Empty: without end. Export the audit trail first if a policy requires a longer time."
        >
          <Input type="number" min={7} max={3650} value={audit} onChange={(event) => setAudit(event.target.value)} />
        </Field>
        <Field
          label="Runs, days"
          optional
          hint="Empty: without end. Entrada keeps the newest run of each task, and the runs that describe the current content of a target. Landed tables are not changed."
        >
          <Input type="number" min={7} max={3650} value={runs} onChange={(event) => setRuns(event.target.value)} />
        </Field>
        <div>
          <Button type="submit" disabled={pending}>
            Save retention
          </Button>
        </div>
      </form>
    </Card>
  );
}
