import { describe, expect, test } from 'vitest';
import { createSlots, type Slot, type SlotLimits, type SlotRequest } from './slots.ts';

const NEVER = new AbortController().signal;

/** A pool, and the names of the tasks in the order in which they got a slot. */
function pool(limits: SlotLimits) {
  const slots = createSlots(limits);
  const granted: string[] = [];
  const held = new Map<string, Slot>();
  const request = async (name: string, options: Partial<SlotRequest> = {}): Promise<void> => {
    held.set(name, await slots.acquire({ signal: NEVER, ...options }));
    granted.push(name);
  };
  const slotOf = (name: string): Slot => {
    const slot = held.get(name);
    if (slot === undefined) throw new Error(`${name} has no slot`);
    return slot;
  };
  /** Lets settled promises run their continuations. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { slots, granted, request, slotOf, settle };
}

describe('slots', () => {
  test('no more tasks work at once than there are slots, and the first that asked is next', async () => {
    const t = pool({ active: 2, open: 8 });
    for (const name of ['a', 'b', 'c', 'd']) void t.request(name);
    await t.settle();
    expect(t.granted).toEqual(['a', 'b']);
    t.slotOf('a').release();
    await t.settle();
    expect(t.granted).toEqual(['a', 'b', 'c']);
  });

  test('a task that waits for something else holds no slot, up to the number of open tasks', async () => {
    const t = pool({ active: 1, open: 2 });
    for (const name of ['a', 'b', 'c']) void t.request(name);
    await t.settle();
    t.slotOf('a').suspend();
    await t.settle();
    expect(t.granted).toEqual(['a', 'b']);
    t.slotOf('b').suspend();
    await t.settle();
    expect(t.granted).toEqual(['a', 'b']);
    t.slotOf('a').release();
    await t.settle();
    expect(t.granted).toEqual(['a', 'b', 'c']);
  });

  test('a task that resumes never waits, and counts again', async () => {
    const t = pool({ active: 1, open: 3 });
    await t.request('a');
    t.slotOf('a').suspend();
    await t.request('b');
    t.slotOf('a').resume();
    void t.request('c');
    t.slotOf('b').release();
    await t.settle();
    expect(t.granted).toEqual(['a', 'b']);
    t.slotOf('a').release();
    await t.settle();
    expect(t.granted).toEqual(['a', 'b', 'c']);
  });

  test('the group with fewer working tasks is next, a higher priority before all', async () => {
    const t = pool({ active: 2, open: 8 });
    for (const name of ['x1', 'x2', 'x3']) void t.request(name, { group: 'x' });
    void t.request('y1', { group: 'y' });
    void t.request('z1', { group: 'x', priority: 1 });
    await t.settle();
    t.slotOf('x1').release();
    await t.settle();
    t.slotOf('x2').release();
    await t.settle();
    expect(t.granted).toEqual(['x1', 'x2', 'z1', 'y1']);
  });

  test('a request that is aborted leaves the queue and takes no slot', async () => {
    const t = pool({ active: 1, open: 1 });
    await t.request('a');
    const abort = new AbortController();
    const waits = t.request('b', { signal: abort.signal });
    void t.request('c');
    abort.abort(new Error('no more'));
    await expect(waits).rejects.toThrow('no more');
    await expect(t.request('d', { signal: abort.signal })).rejects.toThrow('no more');
    t.slotOf('a').release();
    await t.settle();
    expect(t.granted).toEqual(['a', 'c']);
  });

  test('releasing, suspending and resuming twice count once', async () => {
    const t = pool({ active: 1, open: 4 });
    await t.request('a');
    t.slotOf('a').suspend();
    t.slotOf('a').suspend();
    await t.request('b');
    t.slotOf('b').release();
    t.slotOf('b').release();
    t.slotOf('b').resume();
    t.slotOf('a').resume();
    t.slotOf('a').resume();
    void t.request('c');
    await t.settle();
    expect(t.granted).toEqual(['a', 'b']);
    expect(t.slots.isFull).toBe(true);
  });
});
