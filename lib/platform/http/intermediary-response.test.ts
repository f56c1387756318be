import { describe, expect, test } from 'vitest';
import { type AnsweredRequest, findIntermediaryResponse } from './intermediary-response.ts';

const URL_ASKED = 'https://graph.test/v1.0/users';
const HTML = '<!DOCTYPE html><html><head><title>Contoso\n guest  network</title></head></html>';
const html = { 'content-type': 'text/html; charset=utf-8' };
const json = { 'content-type': 'application/json' };

function judge(status: number, headers: Record<string, string>, body: string, expects: AnsweredRequest['expects'] = 'json') {
  return findIntermediaryResponse({ status, headers, body: Buffer.from(body) }, { url: URL_ASKED, service: 'Graph', expects });
}

describe('an answer that is not the service is known', () => {
  test.each([
    ['a page', 200, html, HTML, 'text/html from graph.test'],
    ['a page that says it is JSON', 200, json, HTML, 'a body that is not JSON from graph.test'],
    ['a page that does not say what it is', 200, {}, HTML, 'an answer without content type from graph.test'],
    ['XHTML', 200, { 'content-type': 'application/xhtml+xml' }, '<html/>', 'application/xhtml+xml from graph.test'],
    ['plain words', 200, { 'content-type': 'text/plain' }, 'Please sign in.', 'text/plain from graph.test'],
    ['words as JSON', 200, json, 'OK', 'a body that is not JSON from graph.test'],
    ['a page with white space before it', 200, {}, '\r\n  <html>', 'an answer without content type from graph.test'],
    [
      'a redirect',
      302,
      { location: 'https://portal.test/login?for=me' },
      '',
      'a redirect to https://portal.test/login (302) from graph.test',
    ],
    [
      'a redirect on the same host',
      307,
      { location: '/blocked' },
      '',
      'a redirect to https://graph.test/blocked (307) from graph.test',
    ],
    ['a redirect to nowhere', 303, {}, '', 'a redirect (303) from graph.test'],
    ['a refusal of a proxy', 403, html, HTML, 'status 403, text/html from graph.test'],
    ['a proxy that wants a sign-in', 407, {}, '', 'status 407, an answer without content type from graph.test'],
    ['a network that wants a sign-in', 511, html, HTML, 'status 511, text/html from graph.test'],
    ['an outage page', 503, html, HTML, 'status 503, text/html from graph.test'],
  ])('%s', (_, status, headers, body, what) => {
    const error = judge(status, headers as Record<string, string>, body);
    expect(error).toMatchObject({
      what,
      retry: 'backoff',
      problem: {
        code: 'answer-not-from-graph',
        fixer: 'operator',
        title: `A system between Entrada and Graph answered instead of Graph: ${what}.`,
      },
    });
  });

  test('by its title, too', () => {
    expect(judge(200, html, HTML)?.problem.detail).toBe('The title of the page is "Contoso guest network".');
  });

  test('in the place of a count, and of metadata', () => {
    expect(judge(200, html, HTML, 'text')).not.toBeNull();
    expect(judge(200, html, HTML, 'xml')).not.toBeNull();
    expect(judge(200, json, '{}', 'xml')).not.toBeNull();
    expect(judge(200, json, HTML, 'xml')).not.toBeNull();
    expect(judge(200, { 'content-type': 'application/xml' }, HTML, 'xml')).not.toBeNull();
  });

  test('only what calls itself temporary is waited for as long as an outage', () => {
    expect([200, 302, 403, 407, 511].map((status) => judge(status, html, HTML)?.temporary)).toEqual(Array(5).fill(false));
    expect([429, 500, 502, 503, 504].map((status) => judge(status, html, HTML)?.temporary)).toEqual(Array(5).fill(true));
  });
});

test.each([
  ['JSON', 200, json, '{"value":[]}', 'json'],
  ['JSON that ends early', 200, json, '{"value":[{"id":', 'json'],
  ['JSON that is called text', 200, { 'content-type': 'text/plain' }, ' {"value":[]}', 'json'],
  ['no body', 204, {}, '', 'json'],
  ['a count', 200, { 'content-type': 'text/plain' }, '42', 'text'],
  ['metadata', 200, { 'content-type': 'application/xml' }, '<?xml version="1.0"?>', 'xml'],
  ['a refusal', 403, json, '{"error":{"code":"Authorization_RequestDenied"}}', 'json'],
  ['a refusal without a body', 404, {}, '', 'json'],
  ['an error page of the service', 400, { ...html, 'request-id': '1' }, HTML, 'json'],
  ['an error page of its front door', 503, { ...html, 'x-azure-ref': '1' }, HTML, 'json'],
] as const)('%s may be the service', (_, status, headers, body, expects) => {
  expect(judge(status, headers, body, expects)).toBeNull();
});
