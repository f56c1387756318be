import { describe, expect, it } from 'vitest';
import { buildProgram } from './program.ts';

const RUN = { id: 'run_1', taskName: 'Nightly', state: 'running', datasets: [] };
const dataset = (state: string, rowsRead: number) => ({ datasetName: 'users', state, counts: { rowsRead }, problem: null });

/** A server with one answer per method and path, which records the requests. */
function serverWith(answers: Readonly<Record<string, unknown>>) {
  const asked: { call: string; headers: Headers; body: unknown }[] = [];
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const { pathname, search } = new URL(String(input));
    const call = `${init.method ?? 'GET'} ${pathname.replace('/api/v1', '')}${search}`;
    asked.push({
      call,
      headers: new Headers(init.headers),
      body: init.body === undefined ? null : JSON.parse(String(init.body)),
    });
    const answer = answers[call];
    if (answer instanceof Response) return answer;
    if (answer !== undefined) return Response.json(answer);
    const problem = { code: 'not-found', title: 'There is no such thing.', remedy: 'Look at the list.' };
    return Response.json(problem, { status: 404 });
  };
  return { asked, fetch };
}

async function entrada(fetch: typeof globalThis.fetch, ...args: readonly string[]) {
  let output = '';
  const print = (text: string) => {
    output += text;
  };
  const { program, exitCode } = buildProgram({
    server: 'https://entrada.test',
    token: 'entrada_x',
    fetch,
    print,
    variables: {},
    ask: null,
    local: null,
  });
  await program.parseAsync([...args], { from: 'user' });
  return { output, code: exitCode() };
}

const page = (items: readonly object[], nextCursor: string | null = null) => ({ items, nextCursor, limit: 1000 });

describe('the command line by the API', () => {
  it('lists over all pages, as a table and as JSON', async () => {
    const row = { id: 'gw_1', name: 'Plant', state: 'connected', version: null };
    const answers = {
      'GET /gateways?limit=1000': page([row], 'c'),
      'GET /gateways?limit=1000&cursor=c': page([{ ...row, id: 'gw_2' }]),
    };
    const { asked, fetch } = serverWith(answers);
    expect((await entrada(fetch, 'gateways', 'list')).output).toBe(
      'ID    NAME   STATE      VERSION\ngw_1  Plant  connected  -\ngw_2  Plant  connected  -\n',
    );
    expect(JSON.parse((await entrada(fetch, 'gateways', 'list', '--json')).output)).toHaveLength(2);
    expect(asked[0]?.headers.get('authorization')).toBe('Bearer entrada_x');
  });

  it.each([
    ['done', 0],
    ['partial', 3],
    ['failed', 1],
    ['cancelled', 4],
  ])('follows a run with a line per dataset; one that ended %s exits with %i', async (state, code) => {
    const events = [
      { ...RUN, datasets: [dataset('reading', 10)] },
      { ...RUN, datasets: [dataset('reading', 10)] },
      { ...RUN, state, datasets: [dataset('done', 20)] },
    ];
    const { asked, fetch } = serverWith({
      'GET /tasks?limit=1000': page([{ id: 'task_1', name: 'Nightly' }]),
      'POST /tasks/task_1/runs': RUN,
      'GET /runs/run_1/events': new Response(events.map((data) => `event: change\ndata: ${JSON.stringify(data)}\n\n`).join('')),
    });
    const result = await entrada(fetch, 'runs', 'start', 'Nightly', '--follow', '--full');
    expect(result.code).toBe(code);
    expect(result.output.match(/^ {2}users .*$/gm)).toHaveLength(2);
    expect(asked.find(({ call }) => call.startsWith('POST'))).toMatchObject({ body: { full: true, failedOnly: false } });
  });

  it('edits by name from the version that it read, keeping what is not given', async () => {
    const target = { id: 'targ_1', name: 'W', settings: { host: 'a' }, gateway: null };
    const { asked, fetch } = serverWith({
      'GET /targets?limit=1000': page([target]),
      'GET /targets/targ_1': Response.json(target, { headers: { etag: '"7"' } }),
      'PATCH /targets/targ_1': target,
    });
    await entrada(fetch, 'targets', 'edit', 'W', '--set', 'settings.host=b', '--set', 'name=W 2');
    expect(asked.at(-1)).toMatchObject({ body: { name: 'W 2', settings: { host: 'b' }, gatewayId: null, gatewayGroupId: null } });
    expect(asked.at(-1)?.headers.get('if-match')).toBe('"7"');
  });

  it('on the machine of the server asks it by a token that ends with the command', async () => {
    const { asked, fetch } = serverWith({ 'GET /runs/run_1': RUN });
    let ended = 0;
    const local = async (email: string | null) => ({
      ...{ server: 'http://localhost:3000', token: `of-${email}` },
      end: async () => void ended++,
    });
    const given = { server: undefined, token: undefined, fetch, print: () => {}, variables: {}, ask: null, local };
    const args = ['runs', 'get', '--as', 'ada@contoso.test'];
    await buildProgram(given).program.parseAsync([...args, 'run_1'], { from: 'user' });
    await expect(buildProgram(given).program.parseAsync([...args, 'run_2'], { from: 'user' })).rejects.toThrow('no such thing');
    expect([asked[0]?.headers.get('authorization'), ended]).toEqual(['Bearer of-ada@contoso.test', 2]);
  });

  it('says a refusal in the words of the server', async () => {
    await expect(entrada(serverWith({}).fetch, 'runs', 'get', 'run_9')).rejects.toThrow(
      'There is no such thing. Look at the list. (not-found)',
    );
  });

  it('completes groups and their commands', async () => {
    const { output } = await entrada(serverWith({}).fetch, 'completion', 'bash');
    expect(output).toMatch(/runs\) words="[a-z ]*follow start" ;;/);
    expect(output).toContain('complete -F _entrada entrada');
    expect((await entrada(serverWith({}).fetch, 'completion', 'zsh')).output).toContain('bashcompinit');
  });
});
