import { expect, it } from 'vitest';
import { choiceQuery, readChoice } from './task-choice.ts';

it('the choice of the list of tasks is in its address, and an address with other words is the first choice', () => {
  const choice = { text: 'a b&c', filter: 'paused', sort: 'rows', all: true } as const;
  const query = choiceQuery(choice);
  expect(query).toBe('?q=a+b%26c&show=paused&sort=rows&all=yes');
  expect(readChoice(Object.fromEntries(new URLSearchParams(query)))).toEqual(choice);
  const first = readChoice({ q: ['x', 'y'], show: 'nothing' });
  expect([first, choiceQuery(first)]).toEqual([{ text: '', filter: 'all', sort: 'name', all: false }, '']);
});
