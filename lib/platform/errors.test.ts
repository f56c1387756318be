import { expect, it, vi } from 'vitest';
import { AppError, ConflictError, NotFoundError, toProblem } from './errors.ts';

/** The module as another bundle has it. */
async function anotherCopy() {
  vi.resetModules();
  return import('./errors.ts');
}

it('an AppError of another copy of the module is one, with its problem', async () => {
  const other = await anotherCopy();
  expect(other.AppError).not.toBe(AppError);
  const error = new other.NotFoundError('task');
  expect(error instanceof AppError).toBe(true);
  expect(toProblem(error)).toMatchObject({ code: 'not-found' });
});

it('a subclass is recognised by its own class alone', async () => {
  const other = await anotherCopy();
  expect(new NotFoundError('task') instanceof NotFoundError).toBe(true);
  expect(new NotFoundError('task') instanceof ConflictError).toBe(false);
  expect(new other.NotFoundError('task') instanceof NotFoundError).toBe(false);
  expect(new AppError({ code: 'internal', title: 'x' }) instanceof NotFoundError).toBe(false);
});

it.each([new Error('x'), { problem: {} }, null, undefined, 'text'])('%j is none', (thrown) => {
  expect(thrown instanceof AppError).toBe(false);
  expect(toProblem(thrown)).toMatchObject({ code: 'internal' });
});
