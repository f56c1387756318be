import { UPDATE_METHOD_LABEL, type UpdateMethod } from '#lib/domain/task/update-method.ts';

/** A task's method does not match its target. Creating a task checks that, so this is a defect of the program. */
export function methodNotTaken(target: string, method: UpdateMethod): TypeError {
  return new TypeError(`${target} does not take ${UPDATE_METHOD_LABEL[method]}`);
}
