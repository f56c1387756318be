import { AppError } from '#lib/platform/errors.ts';

/** Changes can't be had, or don't fit what is landed: everything has to be read. Never the end of a run by itself. */
export class ChangesLostError extends AppError {
  override readonly name = 'ChangesLostError';

  /** @param reason A sentence for the notes of the run. */
  constructor(reason: string, options: { readonly cause?: unknown } = {}) {
    super(
      { code: 'changes-lost', title: reason, remedy: 'Run the task again: it then reads everything.', fixer: 'you' },
      options,
    );
  }
}
