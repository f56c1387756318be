'use client';

import { Plug } from 'lucide-react';
import { useState, useTransition } from 'react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { TestResult } from '#components/target/test-result.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';
import type { TargetDto, TargetTest } from '#lib/domain/target/target.ts';

interface TestTargetPanelProps {
  readonly target: Pick<TargetDto, 'id' | 'lastTest'>;
  /** Null for people who may not test. */
  readonly action: ((input: { targetId: string }) => Promise<ActionResult<TargetTest>>) | null;
}

/** The last test of a target, and a button to test it again. */
export function TestTargetPanel({ target, action }: TestTargetPanelProps) {
  const [pending, start] = useTransition();
  const [problem, setProblem] = useState<Problem | null>(null);
  const { lastTest } = target;

  function test(run: NonNullable<TestTargetPanelProps['action']>) {
    start(async () => {
      const answer = await run({ targetId: target.id });
      setProblem(answer.ok ? null : answer.problem);
    });
  }

  return (
    <section aria-label="Test" className="overflow-hidden rounded-lg border bg-card">
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b px-4 py-1.5">
        <h2 className="text-sm font-semibold">Test</h2>
        {action === null ? null : (
          <Button variant="outline" size="sm" onClick={() => test(action)} disabled={pending}>
            <Plug aria-hidden />
            {pending ? 'Testing…' : 'Test target'}
          </Button>
        )}
      </div>
      <div className="grid gap-3 px-4 py-3" aria-live="polite">
        {lastTest === null ? (
          <p className="text-sm text-muted-foreground">
            Never tested. The test does the same steps as a reload and then removes its test data.
          </p>
        ) : (
          <>
            <p className="text-xs text-muted-foreground">
              {lastTest.passed ? 'Passed' : 'Failed'} <TimeAgo at={lastTest.at} />
            </p>
            <TestResult test={lastTest} />
          </>
        )}
        {problem === null ? null : <ProblemAlert problem={problem} />}
      </div>
    </section>
  );
}
