'use client';

import { CheckCircle2, Plug } from 'lucide-react';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import type { ConnectionTestDto } from '#lib/domain/connection/connection.ts';
import { formatCount, formatCounted } from '#lib/domain/format.ts';
import type { ActionResult } from '#lib/domain/problem.ts';

interface TestConnectionPanelProps {
  readonly connectionId: string;
  readonly action: ((input: { connectionId: string }) => Promise<ActionResult<ConnectionTestDto>>) | null;
}

/** Tests the connection and shows the result. */
export function TestConnectionPanel({ connectionId, action }: TestConnectionPanelProps) {
  const [pending, start] = useTransition();
  const [result, setResult] = useState<ActionResult<ConnectionTestDto> | null>(null);
  if (action === null) return null;
  const run = action;

  function test() {
    start(async () => {
      const answer = await run({ connectionId });
      setResult(answer);
      if (answer.ok) toast.success('The connection works');
    });
  }

  return (
    <div className="flex flex-wrap items-center gap-3 border-t px-4 py-3" aria-live="polite">
      <Button variant="outline" size="sm" onClick={test} disabled={pending}>
        <Plug aria-hidden />
        {pending ? 'Testing…' : 'Test connection'}
      </Button>
      {result?.ok ? (
        <p className="flex items-center gap-1.5 text-sm text-muted-foreground">
          <CheckCircle2 aria-hidden className="size-4 shrink-0 text-emerald-700 dark:text-emerald-300" />
          Graph answered as {result.value.account} in {formatCount(result.value.latencyMs)} ms,{' '}
          {formatCounted(result.value.permissions.length, 'permission')}.
        </p>
      ) : null}
      {result?.ok === false ? (
        <div className="basis-full">
          <ProblemAlert problem={result.problem} />
        </div>
      ) : null}
    </div>
  );
}
