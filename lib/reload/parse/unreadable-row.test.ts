import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Stage } from '#lib/reload/stage/stage.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';

const { columns } = fakeDataset({ id: 'string', age: 'int32', 'manager.id': 'string', 'plans[].sku': 'string' });
const flat = fakeDataset({ id: 'string', age: 'int32', 'manager.id': 'string' }).columns;

/** How staging a page of these rows ends, first a good one. */
async function stage(wanted: typeof columns, row: string): Promise<unknown> {
  const opened = await Stage.open({ dir: join(temporaryFolder(), 'stage'), columns: wanted, signature: 's' });
  const body = Buffer.from(`{"value":[{"id":"first","age":1,"manager":{"id":"m"},"plans":[]},${row}]}`);
  try {
    await opened.writer.append([{ body, cursor: null, requests: 1, throttledMs: 0 }]);
    return 'staged';
  } catch (error) {
    return error;
  } finally {
    opened.remove();
  }
}

test.each([
  [
    'a scalar where a list is expected',
    columns,
    '{"id":"u7","plans":"E5"}',
    'row-unreadable',
    /key u7 has plans_sku as text where a list is expected/,
  ],
  [
    'a scalar where an object is expected',
    flat,
    '{"id":"u7","manager":"Ada"}',
    'row-unreadable',
    /key u7 has manager_id as text where an object/,
  ],
  ['a property twice', flat, '{"id":"u7","age":1,"age":2}', 'row-unreadable', /key u7 has age twice in one object/],
])('%s is named by column and key, with a remedy', async (_name, wanted, row, code, title) => {
  const renamed = wanted.map((column) => ({ ...column, name: column.name.replace('[]', '') }));
  expect(await stage(renamed, row)).toMatchObject({
    code,
    problem: { title: expect.stringMatching(title), remedy: expect.any(String) },
  });
});

test('a value of another type is named by column and key, never by itself', async () => {
  const error = await stage(flat, '{"id":"u7","age":"secret words"}');
  expect(error).toMatchObject({
    code: 'value-of-other-type',
    problem: { field: 'age', detail: 'The row has the key u7.', remedy: expect.stringContaining('type string') },
  });
  expect(JSON.stringify(error)).not.toContain('secret');
});
