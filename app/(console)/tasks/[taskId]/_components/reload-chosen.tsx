'use client';

import { ListChecks } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import type { StartRunAction } from '#components/run/reload-button.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader } from '#components/ui/overlay/dialog.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { TaskDto } from '#lib/domain/task/task.ts';
import { DatasetCheckList } from '../../_components/dataset-check-list.tsx';

interface ReloadChosenProps {
  readonly task: Pick<TaskDto, 'id' | 'name' | 'datasets'>;
  readonly action: StartRunAction;
}

/** Reloads some of the datasets of a task. */
export function ReloadChosen({ task, action }: ReloadChosenProps) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, run] = useTransition();

  function begin() {
    setChosen(task.datasets.filter(({ failed }) => failed).map((dataset) => dataset.id));
    setProblem(null);
    setOpen(true);
  }

  const reload = () =>
    run(async () => {
      const started = await action({ taskId: task.id, datasetIds: [...chosen] });
      if (!started.ok) {
        setProblem(started.problem);
        return;
      }
      toast.success(`Reload of ${task.name} started`);
      router.push(`/runs/${started.value.runId}`);
    });

  return (
    <>
      <Button variant="outline" size="sm" onClick={begin}>
        <ListChecks aria-hidden />
        Reload chosen…
      </Button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent>
          <DialogHeader title="Reload chosen datasets">
            Other datasets are not reloaded. Failed datasets are already chosen.
          </DialogHeader>
          <DatasetCheckList
            datasets={task.datasets}
            chosen={chosen}
            onToggle={(id, on) => setChosen(on ? [...chosen, id] : chosen.filter((other) => other !== id))}
            className="max-h-72"
            note={({ failed }) => (failed ? <span className="text-xs text-red-700 dark:text-red-300">failed</span> : null)}
          />
          {problem === null ? null : <ProblemAlert problem={problem} />}
          <DialogFooter>
            <Button variant="outline" onClick={() => setOpen(false)} disabled={pending}>
              Cancel
            </Button>
            <Button onClick={reload} disabled={pending || chosen.length === 0}>
              Reload {formatCounted(chosen.length, 'dataset')}
            </Button>
          </DialogFooter>
        </DialogContent>
      </Dialog>
    </>
  );
}
