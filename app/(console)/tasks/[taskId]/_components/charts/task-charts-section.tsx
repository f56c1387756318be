'use client';

import dynamic from 'next/dynamic';
import { ChartsLoading, ChartsSection } from '#components/chart/charts-section.tsx';

/** Loaded when it is shown: the library that draws is larger than the rest of the page. */
const TaskCharts = dynamic(() => import('./task-charts.tsx').then((loaded) => loaded.TaskCharts), {
  ssr: false,
  loading: ChartsLoading,
});

interface TaskChartsSectionProps {
  readonly taskId: string;
  /** Id of its last run: after another one, the figures are read again. */
  readonly lastRun: string;
}

/** The charts of a task, closed at first. */
export function TaskChartsSection({ taskId, lastRun }: TaskChartsSectionProps) {
  return (
    <ChartsSection about="Rows, duration and changes of the last runs">
      {(asTable) => <TaskCharts taskId={taskId} lastRun={lastRun} asTable={asTable} />}
    </ChartsSection>
  );
}
