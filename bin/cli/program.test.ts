import { describe, expect, it } from 'vitest';
import { buildProgram } from './program.ts';

const RUN = { id: 'run_1', taskName: 'Nightly', state: 'running', datasets: [] };
const dataset = (state: string, rowsRead: number) => ({ datasetName: 'users', state, counts: { rowsRead }, problem: null });

/** A server that answers by method and path, and keeps what it was asked. */
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

  it('says a refusal in the words of the server', async () => {
    await expect(entrada(serverWith({}).fetch, 'runs', 'get', 'run_9')).rejects.toThrow(
      'There is no such thing. Look at the list. (not-found)',
    );
  });

  it('completes groups and their commands', async () => {
    const { output } = await entrada(serverWith({}).fetch, 'completion', 'bash');
    expect(output).toContain('runs) words="list get cancel follow start" ;;');
    expect(output).toContain('complete -F _entrada entrada');
    expect((await entrada(serverWith({}).fetch, 'completion', 'zsh')).output).toContain('bashcompinit');
  });
});
