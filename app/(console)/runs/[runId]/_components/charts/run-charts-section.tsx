'use client';

import dynamic from 'next/dynamic';
import { ChartsLoading, ChartsSection } from '#components/chart/charts-section.tsx';
import type { RunView } from '#components/run/run-view.ts';

/** Loaded when it is shown: the library that draws is larger than the rest of the page. */
const RunCharts = dynamic(() => import('./run-charts.tsx').then((loaded) => loaded.RunCharts), {
  ssr: false,
  loading: ChartsLoading,
});

/** The charts of a run, closed at first. */
export function RunChartsSection({ view, nowMs }: { readonly view: RunView; readonly nowMs: number }) {
  return (
    <ChartsSection about="Rows, requests and 429 answers over time" className="mb-4">
      {(asTable) => <RunCharts view={view} nowMs={nowMs} asTable={asTable} />}
    </ChartsSection>
  );
}
