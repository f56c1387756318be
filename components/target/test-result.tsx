import { CircleCheck, CircleX } from 'lucide-react';
import type { TargetTest } from '#lib/domain/target/target.ts';

/** Checks of a test, each with its finding or remedy. */
export function TestResult({ test }: { readonly test: TargetTest }) {
  return (
    <ul aria-label="Result of the test" className="grid gap-2 text-sm">
      {test.checks.map((check) => (
        <li key={check.name} className="flex items-start gap-2">
          {check.passed ? (
            <CircleCheck aria-label="Passed" className="mt-0.5 size-4 shrink-0 text-emerald-700 dark:text-emerald-300" />
          ) : (
            <CircleX aria-label="Failed" className="mt-0.5 size-4 shrink-0 text-destructive" />
          )}
          <div className="min-w-0">
            <p className="font-medium">{check.title}</p>
            {check.detail === null ? null : <p className="break-words text-muted-foreground">{check.detail}</p>}
            {check.remedy === null ? null : <p className="break-words text-pretty">{check.remedy}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
