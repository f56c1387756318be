import { describe, expect, test } from 'vitest';
import { sendBatch } from '#lib/graph/batch/batch.ts';
import { NO_OUTCOME } from '#lib/graph/limits/admission.ts';
import { beginPage, fetchPage, readPages } from '#lib/graph/paging/pages.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import type { Http, HttpRequest, HttpResponse } from '#lib/platform/http/http.ts';
import { createGraphClient, type GraphClientDeps, withWaits } from './client.ts';
import { INTERMEDIARY_TIME_MS, RETRY_TIME_MS } from './retry-budget.ts';

const BASE = 'https://graph.test/v1.0';
type Answer = { status: number; headers?: Record<string, string>; body?: unknown; text?: string } | Error;

/** A client whose requests are answered by `answer`, whose waits only move its clock. */
function createClient(answer: (request: HttpRequest, number: number) => Answer, deps: Pick<GraphClientDeps, 'priority'> = {}) {
  let time = 0;
  const requests: HttpRequest[] = [];
  const waits: number[] = [];
  const tokens: boolean[] = [];
  const claims: (string | undefined)[] = [];
  const http: Http = {
    async send(request): Promise<HttpResponse> {
      requests.push(request);
      const answered = answer(request, requests.length);
      if (answered instanceof Error) throw answered;
      return {
        status: answered.status,
        headers: answered.headers ?? {},
        body: Buffer.from(answered.text ?? JSON.stringify(answered.body ?? {})),
      };
    },
    close: async () => undefined,
  };
  const client = createGraphClient({
    http,
    clock: { now: () => new Date(time) },
    baseUrl: BASE,
    random: () => 0.5,
    ...deps,
    accessToken: async ({ force, claims: wanted }) => {
      tokens.push(force);
      claims.push(wanted);
      return force ? 'fresh' : 'cached';
    },
    wait: async (ms) => {
      waits.push(ms);
      time += ms;
    },
  });
  return { client, requests, waits, tokens, claims };
}

const signal = new AbortController().signal;

test('a 429 waits at least its Retry-After, is counted, and reports the time', async () => {
  const { client, waits } = createClient((_, number) =>
    number < 3 ? { status: 429, headers: { 'retry-after': '2.5' } } : { status: 200 },
  );
  let refused = 0;
  const onRefused = (answers: number) => {
    refused += answers;
  };
  const response = await client.send({ url: `${BASE}/users`, signal, onRefused });
  expect(refused).toBe(2);
  expect(waits.every((ms) => ms >= 2500)).toBe(true);
  expect(response).toMatchObject({ requests: 3, throttledMs: waits.reduce((sum, ms) => sum + ms, 0) });
});

test('lost connections and 5xx are tried again until the time is up, however often that is', async () => {
  const lost = new RemoteError({ code: 'connection-lost', title: 'lost' }, { retry: 'backoff' });
  const { client, requests, waits } = createClient((_, number) => (number % 2 === 0 ? lost : { status: 503 }));
  await expect(client.send({ url: `${BASE}/users`, signal })).rejects.toMatchObject({ retry: 'backoff' });
  expect(requests.length).toBeGreaterThan(20);
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(RETRY_TIME_MS);
});

test('a 401 is answered once with a fresh token', async () => {
  const { client, tokens, requests } = createClient(({ headers }) =>
    headers['authorization'] === 'Bearer fresh' ? { status: 200 } : { status: 401 },
  );
  await client.send({ url: `${BASE}/users`, signal });
  expect(tokens).toEqual([false, true]);
  const hopeless = createClient(() => ({ status: 401 }));
  await expect(hopeless.client.send({ url: `${BASE}/users`, signal })).rejects.toMatchObject({ code: 'token-refused' });
  expect([requests.length, hopeless.requests.length]).toEqual([2, 2]);
});

test('the claims that a 401 asks for are put before Entra', async () => {
  const wanted = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}';
  const challenge = `Bearer realm="", authorization_uri="https://login.test/common/oauth2/authorize", error="insufficient_claims", claims="${Buffer.from(wanted).toString('base64')}"`;
  const { client, claims } = createClient(({ headers }) =>
    headers['authorization'] === 'Bearer fresh'
      ? { status: 200 }
      : { status: 401, headers: { 'www-authenticate': challenge }, body: { error: { code: 'InvalidAuthenticationToken' } } },
  );
  await client.send({ url: `${BASE}/users`, signal });
  expect(claims).toEqual([undefined, wanted]);
});

test('an answer that its reader finds broken is asked for again', async () => {
  const { client, requests } = createClient((_, number) => ({ status: 200, body: { whole: number > 2 } }));
  await client.send({
    url: `${BASE}/users`,
    signal,
    inspectResponse: ({ body }) => {
      if (String(Buffer.from(body)).includes('false'))
        throw new RemoteError({ code: 'truncated-answer', title: 'cut' }, { retry: 'backoff' });
      return NO_OUTCOME;
    },
  });
  expect(requests).toHaveLength(3);
});

test('what another try cannot cure fails at once', async () => {
  const { client, requests } = createClient(() => ({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }));
  await expect(client.send({ url: `${BASE}/users`, signal })).rejects.toMatchObject({ code: 'missing-permission' });
  expect(requests).toHaveLength(1);
});

test.each(['https://evil.test/v1.0/users', 'http://graph.test/v1.0/users', 'https://graph.test:444/v1.0/users', '/users'])(
  '%s never gets the token',
  async (url) => {
    const { client, requests } = createClient(() => ({ status: 200 }));
    await expect(client.send({ url, signal })).rejects.toMatchObject({ code: 'link-to-other-host' });
    expect(requests).toEqual([]);
  },
);

test('pages follow links whole, through empty pages, with the headers sent again', async () => {
  const { client, requests } = createClient(({ url }) => {
    const page = Number(new URL(url).searchParams.get('p') ?? 0);
    return {
      status: 200,
      body: {
        value: page === 1 ? [] : [{ id: page }],
        ...(page < 2 ? { '@odata.nextLink': `${BASE}/users?p=${page + 1}` } : {}),
      },
    };
  });
  const links = [];
  for await (const page of readPages(client, { url: `${BASE}/users`, headers: { consistencylevel: 'eventual' }, signal }))
    links.push(page.nextLink);
  expect(links).toEqual([`${BASE}/users?p=1`, `${BASE}/users?p=2`, null]);
  expect(requests.every(({ headers }) => headers['consistencylevel'] === 'eventual')).toBe(true);
});

test('a link that comes back ends the reading with words', async () => {
  const { client } = createClient(() => ({ status: 200, body: { value: [], '@odata.nextLink': `${BASE}/users?p=1` } }));
  const drain = async () => {
    for await (const _ of readPages(client, { url: `${BASE}/users`, signal }));
  };
  await expect(drain()).rejects.toMatchObject({ code: 'next-link-loop' });
});

test('after a 503 the next try goes over a new connection', async () => {
  const { client, requests } = createClient((_, number) => ({ status: number === 1 ? 503 : number === 2 ? 429 : 200 }));
  await client.send({ url: `${BASE}/users`, signal });
  expect(requests.map(({ newConnection = false }) => newConnection)).toEqual([false, true, false]);
});

describe('the link to the next page', () => {
  const link = `${BASE}/users?$skiptoken=2`;
  const page = Buffer.from(JSON.stringify({ '@odata.nextLink': link, value: [{ id: '1' }] }));
  const clientOf = (send: Http['send']) =>
    createGraphClient({
      http: { send, close: async () => undefined },
      clock: { now: () => new Date(0) },
      baseUrl: BASE,
      accessToken: async () => 't',
      wait: async () => undefined,
    });

  test('is known before the rows are', async () => {
    const rows = Promise.withResolvers<HttpResponse>();
    const client = clientOf(async ({ onHead }) => {
      onHead?.(page.subarray(0, page.indexOf('"value"') + 12));
      return rows.promise;
    });
    const coming = beginPage(client, { url: `${BASE}/users`, signal });
    expect(await coming.nextLink).toBe(link);
    rows.resolve({ status: 200, headers: {}, body: page });
    expect(await coming.page).toMatchObject({ nextLink: link });
  });

  test('stays the first one when the page breaks off and is asked for again', async () => {
    let number = 0;
    const client = clientOf(async ({ onHead }) => {
      onHead?.(page);
      if (++number === 1) return { status: 200, headers: {}, body: page.subarray(0, page.length - 4) };
      return { status: 200, headers: {}, body: Buffer.from(page.toString().replace('skiptoken=2', 'skiptoken=3')) };
    });
    const coming = beginPage(client, { url: `${BASE}/users`, signal });
    expect(await coming.page).toMatchObject({ nextLink: link, requests: 2 });
  });

  test('is null when the head has none, and the page reports a failure', async () => {
    const last = Buffer.from('{"value":[{"id":"1"}]}');
    const ends = beginPage(
      clientOf(async ({ onHead }) => {
        onHead?.(last.subarray(0, 12));
        return { status: 200, headers: {}, body: last };
      }),
      { url: `${BASE}/users`, signal },
    );
    expect(await ends.nextLink).toBeNull();
    const refused = beginPage(
      clientOf(async () => ({ status: 403, headers: {}, body: Buffer.from('{}') })),
      {
        url: `${BASE}/users`,
        signal,
      },
    );
    expect(await refused.nextLink).toBeNull();
    await expect(refused.page).rejects.toMatchObject({ code: 'missing-permission' });
  });
});

test('items of a batch that were throttled are sent again alone, and all keep their order', async () => {
  const { client, requests } = createClient(({ body }, number) => {
    const { requests: items } = JSON.parse(body ?? '') as { requests: { id: string; url: string }[] };
    const answerOf = (id: string, url: string) => {
      if (number === 1 && id === '1') return { id, status: 429, headers: { 'Retry-After': '0' } };
      return url === '/gone'
        ? { id, status: 404, body: { error: { code: 'Request_ResourceNotFound' } } }
        : { id, status: 200, body: { url } };
    };
    return { status: 200, body: { responses: items.map(({ id, url }) => answerOf(id, url)).toReversed() } };
  });
  const answer = await sendBatch(client, [{ url: '/a' }, { url: '/b' }, { url: '/gone' }], signal);
  expect(answer.results.map((result) => (result.ok ? result.body : result.error.status))).toEqual([
    { url: '/a' },
    { url: '/b' },
    404,
  ]);
  expect(requests.map(({ body }) => (JSON.parse(body ?? '') as { requests: unknown[] }).requests.length)).toEqual([3, 1]);
});

describe('what answers is not Graph', () => {
  const page = { status: 200, headers: { 'content-type': 'text/html' }, text: '<html><title>Sign in</title></html>' };
  const lost = () => ({ ...page });

  test('a run waits it out for a minute at most; what a person waits for fails in seconds', async () => {
    for (const [priority, mostMs] of [
      ['Low', INTERMEDIARY_TIME_MS],
      ['High', 5000],
    ] as const) {
      const { client, waits } = createClient(lost, { priority });
      await expect(client.send({ url: `${BASE}/users`, signal })).rejects.toMatchObject({
        code: 'answer-not-from-graph',
        problem: {
          fixer: 'operator',
          title: 'A system between Entrada and Graph answered instead of Graph: text/html from graph.test.',
        },
      });
      const waited = waits.reduce((sum, ms) => sum + ms, 0);
      expect(waited).toBeLessThanOrEqual(mostMs);
      expect(waited).toBeGreaterThan(mostMs / 4);
    }
  });

  test('once it was waited out, the other requests of a run do not wait again, until something passes', async () => {
    let away = true;
    const { client, requests } = createClient(() => (away ? page : { status: 200 }), { priority: 'Low' });
    const ask = (): Promise<unknown> => client.send({ url: `${BASE}/users`, signal });
    await expect(ask()).rejects.toThrow();
    const before = requests.length;
    await expect(ask()).rejects.toThrow();
    expect(requests.length).toBe(before + 1);
    away = false;
    await ask();
    away = true;
    await expect(ask()).rejects.toThrow();
    expect(requests.length).toBeGreaterThan(before + 4);
  });

  test('what passes within the minute is read', async () => {
    const { client } = createClient((_, number) => (number < 4 ? page : { status: 200 }), { priority: 'Low' });
    expect(await client.send({ url: `${BASE}/users`, signal })).toMatchObject({ status: 200, requests: 4 });
  });

  test('the reason of a wait and its end are reported', async () => {
    const reported: string[] = [];
    const waits = {
      begin: ({ text }: { readonly text: string }) => {
        reported.push(text);
        return () => reported.push('end');
      },
    };
    const { client } = createClient((_, number) => (number < 3 ? page : { status: 200 }), { priority: 'Low' });
    await withWaits(client, waits).send({ url: `${BASE}/users`, signal });
    const words = 'A system between Entrada and Graph answered instead of Graph: text/html from graph.test.';
    expect(reported).toEqual([words, 'end', words, 'end']);
  });

  test('when the time of a caller runs out meanwhile, the reason is said rather than that it was stopped', async () => {
    const control = new AbortController();
    const { client } = createClient(() => {
      control.abort(new DOMException('time is up', 'TimeoutError'));
      return page;
    });
    await expect(client.send({ url: `${BASE}/users`, signal: control.signal })).rejects.toMatchObject({
      code: 'answer-not-from-graph',
    });
  });

  test('an error under the status of a success is an error', async () => {
    const failing = createClient(() => ({ status: 200, body: { error: { code: 'UnknownError', message: 'why' } } }));
    await expect(failing.client.send({ url: `${BASE}/users`, signal })).rejects.toMatchObject({
      graphCode: 'UnknownError',
      retry: 'backoff',
    });
    const late = createClient((_, number) =>
      number === 1
        ? { status: 200, body: { value: [{ id: '1' }], error: { code: 'UnknownError' } } }
        : { status: 200, body: { value: [] } },
    );
    expect((await fetchPage(late.client, { url: `${BASE}/users`, signal })).requests).toBe(2);
  });
});

test.each([200, 207, 400, 424, 429, 503])('the items of a batch are read whatever the status above them (%i)', async (status) => {
  const { client, requests } = createClient(({ body }, number) => {
    const asked = (JSON.parse(body ?? '') as { requests: { id: string; url: string }[] }).requests;
    return {
      status: number === 1 ? status : 200,
      headers: { 'retry-after': '0.01', 'content-type': 'application/json' },
      body: {
        responses: asked.map(({ id, url }) => {
          if (url === '/gone') return { id, status: 404, body: { error: { code: 'Request_ResourceNotFound' } } };
          return url === '/slow' && number === 1 ? { id, status: 429, body: null } : { id, status: 200, body: { id: url } };
        }),
      },
    };
  });
  const { results } = await sendBatch(client, [{ url: '/here' }, { url: '/gone' }, { url: '/slow' }], signal);
  expect(results).toMatchObject([
    { ok: true, body: { id: '/here' } },
    { ok: false, error: { status: 404 } },
    { ok: true, body: { id: '/slow' } },
  ]);
  expect(requests).toHaveLength(2);
});

test('a batch without answers is refused like any request', async () => {
  const { client, waits } = createClient((_, number) =>
    number === 1
      ? { status: 503, body: { responses: [] } }
      : { status: 200, body: { responses: [{ id: '0', status: 200, body: {} }] } },
  );
  const { results } = await sendBatch(client, [{ url: '/here' }], signal);
  expect(results).toMatchObject([{ ok: true }]);
  expect(waits).toHaveLength(1);
});
