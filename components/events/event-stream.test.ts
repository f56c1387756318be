import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openEventStream, REOPEN_MS, type StreamState } from './event-stream.ts';

/** An EventSource whose connection the test controls. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static readonly opened: FakeSource[] = [];
  readonly url: string;
  readyState = 0;
  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.opened.push(this);
  }
  send(name: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
  /** A dropped connection, which the browser opens again; or an HTTP error, after which it stops. */
  fail(how: 'dropped' | 'http-error') {
    this.readyState = how === 'dropped' ? 0 : 2;
    this.dispatchEvent(new Event('error'));
  }
  close() {
    this.readyState = 2;
  }
}

let status: number | null;
beforeEach(() => {
  status = 503;
  FakeSource.opened.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('fetch', async () => {
    if (status === null) throw new TypeError('fetch failed');
    return new Response(null, { status });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function follow() {
  const states: StreamState[] = [];
  const taken: unknown[] = [];
  const job = (data: unknown) => {
    taken.push(data);
    return data === 'last' ? ('ended' as const) : ('goes-on' as const);
  };
  const close = openEventStream({ path: '/events', on: { job }, onState: (state) => states.push(state) });
  return { states, taken, close };
}
const lastSource = () => FakeSource.opened.at(-1) as FakeSource;

it('gives events to who takes them, and closes with the one that ends the stream', () => {
  const { taken } = follow();
  lastSource().send('job', 1);
  lastSource().send('other', 2);
  expect(lastSource().readyState).toBe(0);
  lastSource().send('job', 'last');
  expect(taken).toEqual([1, 'last']);
  expect(lastSource().readyState).toBe(2);
});

it('leaves a dropped connection to the browser, and says when it is back', () => {
  const { states } = follow();
  lastSource().fail('dropped');
  lastSource().dispatchEvent(new Event('open'));
  expect(states).toEqual(['lost', 'live']);
  expect(FakeSource.opened).toHaveLength(1);
});

it.each([503, 500, 200, null])('opens again after an HTTP error while the server answers %s', async (answer) => {
  status = answer;
  const { states, taken } = follow();
  for (let attempt = 1; attempt < 4; attempt++) {
    lastSource().fail('http-error');
    await vi.advanceTimersByTimeAsync(REOPEN_MS);
    expect(FakeSource.opened).toHaveLength(attempt + 1);
  }
  lastSource().send('job', 'again');
  expect(taken).toEqual(['again']);
  expect(states).toEqual(['lost', 'lost', 'lost']);
});

it.each([401, 403, 404])('ends after an HTTP error when the server answers %s', async (answer) => {
  status = answer;
  const { states } = follow();
  lastSource().fail('http-error');
  await vi.advanceTimersByTimeAsync(10 * REOPEN_MS);
  expect(states).toEqual(['lost', 'refused']);
  expect(FakeSource.opened).toHaveLength(1);
});

it('opens nothing more once it is closed', async () => {
  const { close } = follow();
  lastSource().fail('http-error');
  close();
  await vi.advanceTimersByTimeAsync(10 * REOPEN_MS);
  expect(FakeSource.opened).toHaveLength(1);
});
