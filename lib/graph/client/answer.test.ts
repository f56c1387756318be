import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withPlainBody } from '#lib/platform/http/content.ts';
import { findErrorDocument, linkOrNull, readAs, readCount, readErrorBody, readJson, readList } from './answer.ts';

const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

describe('bodies', () => {
  const text = '{"displayName":"Zoë 李"}';
  const utf16be = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  test.each([
    ['without a mark', bytes(text)],
    ['with the mark of UTF-8', bytes(`\uFEFF${text}`)],
    ['in UTF-16, little end first', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['in UTF-16, big end first', utf16be],
  ])('%s are read', (_, body) => {
    const plain = withPlainBody({ status: 200, headers: {}, body }).body;
    expect(plain[0]).toBe(0x7b);
    expect(readJson(plain)).toEqual({ displayName: 'Zoë 李' });
  });

  test('that end early may come whole the next time; those of another shape stay what they are', () => {
    expect(() => readJson(bytes('{"value":['))).toThrow(expect.objectContaining({ code: 'truncated-answer', retry: 'backoff' }));
    expect(() => readAs(bytes({ value: 1 }), z.object({ value: z.array(z.string()) }))).toThrow(
      expect.objectContaining({ code: 'answer-not-understood', retry: 'never' }),
    );
  });

  test('nested a million deep is refused in words: what walks the value would run out of stack', () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect(() => readJson(bytes(`{"value":[{"id":${deep}}]}`))).toThrow(expect.objectContaining({ code: 'answer-too-deep' }));
  });
});

describe('lists', () => {
  test.each([
    ['absent', {}],
    ['null', { '@odata.nextLink': null, '@odata.deltaLink': null }],
    ['empty', { '@odata.nextLink': '', '@odata.deltaLink': '' }],
  ])('end where the link is %s', (_, links) => {
    expect(readList(bytes({ value: [{ id: '1' }], ...links }))).toEqual({
      rows: [{ id: '1' }],
      nextLink: null,
      deltaLink: null,
      count: null,
    });
  });

  test('tell links and a count, wherever these stand', () => {
    const answer = { '@odata.count': 7, value: [], '@odata.nextLink': 'https://graph.test/next' };
    expect(readList(bytes(answer))).toMatchObject({ rows: [], nextLink: 'https://graph.test/next', count: 7 });
    expect(linkOrNull(5)).toBeNull();
  });

  test('of one: a single object stands for itself', () => {
    expect(readList(bytes({ id: '1', value: 'text' })).rows).toEqual([{ id: '1', value: 'text' }]);
  });

  test.each([['null'], ['[1]'], ['5'], ['{"value":[1]}'], ['{"value":[null]}']])('of %s are refused in words', (text) => {
    expect(() => readList(bytes(text))).toThrow(expect.objectContaining({ code: 'answer-not-understood' }));
  });
});

test.each([
  ['as text', '42', 42],
  ['with a mark', bytes('\uFEFF42'), 42],
  ['as a number', 42, 42],
  ['in base64', Buffer.from('42').toString('base64'), 42],
  ['none', '', null],
  ['no number', { error: {} }, null],
  ['larger than can be told', '99999999999999999999', null],
])('a count %s', (_, answer, count) => {
  expect(readCount(answer)).toBe(count);
});

describe('errors', () => {
  const none = { graphCode: '', message: '', requestId: '' };
  test.each([
    [
      'of Graph',
      { error: { code: 'A', message: 'm', innerError: { 'request-id': 'r' } } },
      { graphCode: 'A', message: 'm', requestId: 'r' },
    ],
    [
      'with an object for a message',
      { error: { code: 'A', message: { lang: 'en', value: 'm' } } },
      { ...none, graphCode: 'A', message: 'm' },
    ],
    ['of an older service', { 'odata.error': { code: 'A', message: { value: 'm' } } }, { ...none, graphCode: 'A', message: 'm' }],
    ['of OAuth', { error: 'invalid_request', error_description: 'm' }, { ...none, graphCode: 'invalid_request', message: 'm' }],
    ['with null in every place', { error: { code: null, message: null, innerError: null } }, none],
    ['without any', { error: null }, none],
    ['that are text', 'Forbidden', none],
    ['that are nothing', null, none],
  ])('%s have words', (_, body, words) => {
    expect(readErrorBody(body)).toEqual(words);
    expect(readErrorBody(bytes(body))).toEqual(words);
  });

  test('under the status of a success are found; what only looks alike is not', () => {
    expect(findErrorDocument(bytes({ error: { code: 'UnknownError', message: '' } }))).not.toBeNull();
    expect(findErrorDocument(bytes({ error: null, value: [] }))).toBeNull();
    expect(findErrorDocument(bytes({ error: { text: 'a property of that name' }, id: '1' }))).toBeNull();
    expect(findErrorDocument(bytes({ value: [{ error: { code: 'x' } }] }))).toBeNull();
  });
});
