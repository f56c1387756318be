'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useRef, useState, useTransition } from 'react';
import { choiceQuery, TASK_SORT_LABEL, TASK_SORTS, type TaskChoice, type TaskFilter } from '#components/task/task-choice.ts';
import { CountedFilter } from '#components/ui/form/counted-filter.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { NativeSelect } from '#components/ui/form/native-select.tsx';

interface TaskChoiceBarProps {
  /** Of the address. */
  readonly first: TaskChoice;
  readonly filters: readonly { readonly value: TaskFilter; readonly label: string; readonly count: number }[];
}

/** Pause in typing after which the server is asked, milliseconds. */
const TYPED_MS = 200;

/** Search, filter and order of the list of tasks. The server chooses the tasks by the address. */
export function TaskChoiceBar({ first, filters }: TaskChoiceBarProps) {
  const [choice, setChoice] = useState(first);
  const [, startTransition] = useTransition();
  const router = useRouter();
  const pathname = usePathname();
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(typing.current), []);
  const choose = (next: Partial<TaskChoice>, afterMs = 0) => {
    const chosen = { ...choice, all: false, ...next };
    setChoice(chosen);
    clearTimeout(typing.current);
    typing.current = setTimeout(() => {
      startTransition(() => router.replace(`${pathname}${choiceQuery(chosen)}`, { scroll: false }));
    }, afterMs);
  };
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <Input
        type="search"
        aria-label="Search tasks"
        placeholder="Name, connection or target"
        value={choice.text}
        onChange={(event) => choose({ text: event.target.value }, TYPED_MS)}
        className="w-full sm:w-60"
      />
      <CountedFilter label="Show tasks" value={choice.filter} options={filters} onValueChange={(filter) => choose({ filter })} />
      <NativeSelect
        aria-label="Order of tasks"
        value={choice.sort}
        options={TASK_SORTS.map((sort) => [sort, TASK_SORT_LABEL[sort]])}
        onValueChange={(sort) => choose({ sort })}
        className="w-full sm:ml-auto sm:w-64"
      />
    </div>
  );
}
