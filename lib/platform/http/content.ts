import type { HttpResponse } from './http.ts';

/**
 * An answer with its body in UTF-8 and without byte order mark (RFC 8259 section 8.1: a parser may ignore one; some gateways add it, and
 * some send UTF-16).
 */
export function withPlainBody<T extends HttpResponse>(response: T): T {
  const { body } = response;
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return { ...response, body: body.subarray(3) };
  if (body[0] === 0xff && body[1] === 0xfe) return { ...response, body: toUtf8(body, 'utf-16le') };
  if (body[0] === 0xfe && body[1] === 0xff) return { ...response, body: toUtf8(body, 'utf-16be') };
  return response;
}

/** TextDecoder leaves the mark out. */
function toUtf8(body: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Uint8Array {
  return Buffer.from(new TextDecoder(encoding).decode(body));
}

/** The text of a body, without byte order mark. */
export function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

/** @throws SyntaxError for what is not JSON. */
export function jsonOf(body: Uint8Array): unknown {
  return JSON.parse(textOf(body));
}
