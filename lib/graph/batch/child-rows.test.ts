import { describe, expect, it } from 'vitest';
import { addChildRows, addIdentities, PageWriter } from './child-rows.ts';

function add(texts: readonly string[], parentId = 'p"1') {
  const page = new PageWriter();
  const found = texts.map((text) => {
    // The answer is in the middle of the bytes of a batch.
    const bytes = Buffer.from(`{"body": ${text} }`);
    return addChildRows(page, bytes, { from: 9, to: 9 + Buffer.byteLength(text) }, parentId);
  });
  return { found, value: (JSON.parse(Buffer.from(page.take()).toString('utf8')) as { value: unknown[] }).value };
}

describe('rows of children', () => {
  it.each([
    ['{"value":[{"id":"1"},{"id":"2","n":{"value":[{"id":"x"}]},"t":"]}{\\"日本"}]}', 2],
    ['{"@odata.count":1,"value":[ {  } ]}', 1],
    ['{"value":[]}', 0],
    ['{ "value" : [\n{"id":null}\n] , "@odata.context":"…" }', 1],
  ])('%s get the id of their parent and stay unchanged otherwise', (text, rows) => {
    const { value, found } = add([text]);
    const expected = (JSON.parse(text) as { value: object[] }).value.map((row) => ({ '@parent.id': 'p"1', ...row }));
    expect(value).toEqual(expected);
    expect(found[0]?.rows).toBe(rows);
  });

  it('are the object itself where there is no list', () => {
    expect(add(['{"id":"m","value":"no list"}']).value).toEqual([{ '@parent.id': 'p"1', id: 'm', value: 'no list' }]);
  });

  it('report the link to the next page and the count of all rows', () => {
    const { found } = add([
      '{"@odata.count":7,"@odata.nextLink":"https:\\/\\/g\\/2","value":[{"id":"1","@odata.nextLink":"https://evil"}]}',
    ]);
    expect(found[0]).toEqual({ nextLink: 'https://g/2', rows: 1, total: 7 });
  });

  it.each(['null', '""'])('a link that is %s counts as absent', (link) => {
    const { found } = add([`{"value":[{"id":"1"}],"@odata.nextLink":${link},"@odata.count":"1"}`]);
    expect(found[0]).toEqual({ nextLink: null, rows: 1, total: 1 });
  });

  it.each(['null', '-1', '1.5', '"many"', '{}'])('a count that is %s counts as absent', (count) => {
    expect(add([`{"@odata.count":${count},"value":[]}`]).found[0]?.total).toBeNull();
  });

  it('are distinguished by their id, or else by all of their bytes', () => {
    const seen = new Set<number>();
    for (const text of ['[{"n":1,"id":"a"},{"id":"b"}]', '[{"id":"b","n":2},{"n":1},{"n":2},{"n":1}]']) {
      const bytes = Buffer.from(`{"value":${text}}`);
      addIdentities(seen, bytes, { from: 0, to: bytes.length });
    }
    expect(seen.size).toBe(4);
  });

  it('of many answers make one page, larger than the first buffer of the writer', () => {
    const row = JSON.stringify({ id: 'x'.repeat(5000) });
    const { value } = add(Array.from({ length: 50 }, () => `{"value":[${Array.from({ length: 10 }, () => row).join(',')}]}`));
    expect(value).toHaveLength(500);
  });
});
