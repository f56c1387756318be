import { useState } from 'react';
import type { Problem } from '#lib/domain/problem.ts';
import type { TargetDto } from '#lib/domain/target/target.ts';
import { checkTask, fieldOfProblem, methodFor, methodsOf, type TaskFormErrors, type TaskFormValues } from './task-form-values.ts';

interface TaskFormOptions {
  readonly targets: readonly TargetDto[];
  readonly start: () => TaskFormValues;
  /** What follows from a change, as the form needs it; `next` is what was changed. */
  readonly adjust: (values: TaskFormValues, next: Partial<TaskFormValues>) => TaskFormValues;
}

/** The state of a form of a task, a new one or one that is edited: its values, the errors at its fields, the problem above its buttons. */
export function useTaskForm({ targets, start, adjust }: TaskFormOptions) {
  const [values, setValues] = useState<TaskFormValues>(start);
  const [errors, setErrors] = useState<TaskFormErrors>({});
  const [problem, setProblem] = useState<Problem | null>(null);

  function change(next: Partial<TaskFormValues>) {
    setProblem(null);
    setErrors((shown) => Object.fromEntries(Object.entries(shown).filter(([field]) => !(field in next))));
    setValues((before) => {
      const after = { ...before, ...next };
      return adjust({ ...after, method: methodFor(methodsOf(targets, after.targetId), after.method) }, next);
    });
  }

  /** The input of the action, or null: the fields show what does not hold. */
  function check() {
    const checked = checkTask(values);
    if (checked.ok) return checked.input;
    setErrors(checked.errors);
    return null;
  }

  /** Shows what the server refused, at its field where it names one. */
  function refuse(refused: Problem) {
    const field = fieldOfProblem(refused);
    if (field !== null) setErrors({ [field]: [refused.title, refused.remedy].filter(Boolean).join(' ') });
    setProblem(field === null ? refused : null);
  }

  return { values, errors, problem, change, check, refuse };
}
