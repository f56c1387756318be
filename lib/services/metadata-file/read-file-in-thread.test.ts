import { expect, test } from 'vitest';
import { readFile } from './read-file.ts';
import { readFileInThread } from './read-file-in-thread.ts';

test('a file is read as by the process itself', async () => {
  for (const text of ['', '{"version":1', 'version: 1\ndatasets: no', '{"version":1,"datasets":[{}]}']) {
    expect(await readFileInThread(text)).toEqual(readFile(text));
  }
});

test('a broken file that takes seconds holds up nobody: the process goes on while it is read', async () => {
  const datasets = Array.from({ length: 6_000 }, (_, index) => ({ name: `d${index}`, title: 'x'.repeat(200) }));
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const read = await readFileInThread(JSON.stringify({ version: 1, datasets }));
  clearInterval(timer);
  expect(read).toMatchObject({ ok: false });
  // A process that parsed the file itself would run its timer once or twice.
  expect(ticks).toBeGreaterThan(20);
}, 60_000);

test('a file that takes too long, or is nested a million deep, is a problem with words', async () => {
  const slow = await readFileInThread(`a: [${'[1],'.repeat(200_000)}]`, { timeMaxMs: 50 });
  expect(slow).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('0.05 s') }] });
  for (const deep of [
    '['.repeat(1_000_000),
    '['.repeat(1_000_000) + ']'.repeat(1_000_000),
    `{"version":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
  ]) {
    const read = await readFileInThread(deep);
    expect(read).toMatchObject({ ok: false, problems: [{ remedy: expect.any(String) }] });
  }
}, 60_000);
