import { UPDATE_METHOD_LABEL, type UpdateMethod } from '#lib/domain/task/update-method.ts';

/** A task's method doesn't fit its target. Tasks are checked when they are made: this is a fault of the program. */
export function methodNotTaken(target: string, method: UpdateMethod): TypeError {
  return new TypeError(`${target} does not take ${UPDATE_METHOD_LABEL[method]}`);
}
