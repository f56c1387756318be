import { expect, it } from 'vitest';
import { createTurn } from './turn.ts';

const NEVER = new AbortController().signal;

it('a turn comes when those before have ended theirs, in the order asked', async () => {
  const turn = createTurn();
  const order: string[] = [];
  expect(turn.isTaken).toBe(false);
  const endFirst = await turn.take(NEVER);
  expect(turn.isTaken).toBe(true);
  const others = ['second', 'third'].map(async (name) => {
    const end = await turn.take(NEVER);
    order.push(name);
    end();
  });
  order.push('first');
  endFirst();
  await Promise.all(others);
  expect(order).toEqual(['first', 'second', 'third']);
  expect(turn.isTaken).toBe(false);
});

it('who gives up waiting holds nobody up', async () => {
  const turn = createTurn();
  const endFirst = await turn.take(NEVER);
  const giveUp = new AbortController();
  const second = turn.take(giveUp.signal);
  const third = turn.take(NEVER);
  giveUp.abort(new Error('cancelled'));
  await expect(second).rejects.toThrow('cancelled');
  endFirst();
  (await third)();
});
