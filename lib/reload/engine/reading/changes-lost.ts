import { AppError } from '#lib/platform/errors.ts';

/** Changes are unavailable, or do not match the landed rows: everything has to be read. Never ends a run. */
export class ChangesLostError extends AppError {
  override readonly name = 'ChangesLostError';

  /** @param reason A sentence for the notes of the run. */
  constructor(reason: string, options: { readonly cause?: unknown } = {}) {
    super(
      { code: 'changes-lost', title: reason, remedy: 'Run the task again: it then reads the whole dataset.', fixer: 'you' },
      options,
    );
  }
}
