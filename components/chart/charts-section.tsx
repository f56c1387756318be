'use client';

import { ChartNoAxesColumn } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { useStoredFlag } from './use-stored-flag.ts';

interface ChartsSectionProps {
  /** What the charts show, e.g. `Rows, requests and 429 answers over time`. */
  readonly about: string;
  /** Renders the charts, or the same figures as a table. Called only while they are shown: their code is loaded by then. */
  readonly children: (asTable: boolean) => ReactNode;
  readonly className?: string;
}

/** Charts that a person opens; the browser remembers it for all pages. */
export function ChartsSection({ about, children, className = '' }: ChartsSectionProps) {
  const [isOpen, setOpen] = useStoredFlag('entrada.charts');
  const [asTable, setAsTable] = useState(false);
  return (
    <section aria-label="Charts" className={`overflow-hidden rounded-lg border bg-card ${className}`}>
      <div className="flex min-h-11 flex-wrap items-center gap-2 px-4 py-1.5">
        <h2 className="text-sm font-semibold">Charts</h2>
        <p className="min-w-0 flex-1 basis-40 text-xs text-muted-foreground">{about}</p>
        {isOpen ? (
          <Button variant="ghost" size="sm" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? 'Show as charts' : 'Show as table'}
          </Button>
        ) : null}
        <Button variant="outline" size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <ChartNoAxesColumn aria-hidden />
          {isOpen ? 'Hide charts' : 'Show charts'}
        </Button>
      </div>
      {isOpen ? <div className="border-t p-4">{children(asTable)}</div> : null}
    </section>
  );
}

/** While the code or the figures of charts are loaded. */
export function ChartsLoading() {
  return (
    <p role="status" className="py-8 text-center text-sm text-muted-foreground">
      Loading the figures …
    </p>
  );
}

/** Instead of charts without figures. */
export function ChartsMessage({ text, retry }: { readonly text: string; readonly retry?: () => void }) {
  return (
    <div className="flex flex-col items-center gap-2 py-6 text-sm text-muted-foreground">
      <p role="status">{text}</p>
      {retry === undefined ? null : (
        <Button variant="outline" size="sm" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
