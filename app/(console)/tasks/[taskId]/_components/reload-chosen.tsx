'use client';

import { ListChecks } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useId, useState, useTransition } from 'react';
import { toast } from 'sonner';
import type { StartRunAction } from '#components/run/reload-button.tsx';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Input } from '#components/ui/form/input.tsx';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '#components/ui/overlay/dialog.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { TaskDto } from '#lib/domain/task/task.ts';

interface ReloadChosenProps {
  readonly task: Pick<TaskDto, 'id' | 'name' | 'datasets'>;
  readonly action: StartRunAction;
}

/** Reloads some of the datasets of a task. */
export function ReloadChosen({ task, action }: ReloadChosenProps) {
  const router = useRouter();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, run] = useTransition();
  const wanted = search.trim().toLowerCase();
  const shown = task.datasets.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));

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
          <DialogHeader>
            <DialogTitle>Reload chosen datasets</DialogTitle>
            <DialogDescription>The others stay as they are. Those that failed are chosen already.</DialogDescription>
          </DialogHeader>
          <Input
            type="search"
            aria-label="Search datasets"
            placeholder="Search datasets"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <ul className="max-h-72 divide-y overflow-y-auto rounded-md border bg-card">
            {shown.map((dataset) => (
              <li key={dataset.id} className="flex items-center gap-2.5 px-3 py-1.5">
                <Checkbox
                  id={`${id}-${dataset.id}`}
                  checked={chosen.includes(dataset.id)}
                  onCheckedChange={(on) =>
                    setChosen(on === true ? [...chosen, dataset.id] : chosen.filter((other) => other !== dataset.id))
                  }
                />
                <label htmlFor={`${id}-${dataset.id}`} className="min-w-0 flex-1 cursor-pointer truncate text-sm">
                  {dataset.title}
                </label>
                {dataset.failed ? <span className="text-xs text-red-700 dark:text-red-300">failed</span> : null}
              </li>
            ))}
            {shown.length === 0 ? (
              <li className="px-3 py-4 text-center text-xs text-muted-foreground">No dataset has that name.</li>
            ) : null}
          </ul>
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
