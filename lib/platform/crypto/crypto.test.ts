import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EnvelopeError, envelopeKeyId, KeyRingError, open, parseKeyRing, seal } from './crypto.ts';

const key = () => randomBytes(32).toString('base64');

describe('envelopes', () => {
  it('open for the record that they were sealed for, and for no other', () => {
    const ring = parseKeyRing(`k1:${key()}`);
    const envelope = seal(ring, 'geheim \u{1f511}', 'token-cache/conn_1');
    expect(envelope).not.toContain('geheim');
    expect(open(ring, envelope, 'token-cache/conn_1')).toBe('geheim \u{1f511}');
    expect(() => open(ring, envelope, 'token-cache/conn_2')).toThrow(EnvelopeError);
  });

  it('never come out twice the same', () => {
    const ring = parseKeyRing(`k1:${key()}`);
    expect(seal(ring, 'x', 'a')).not.toBe(seal(ring, 'x', 'a'));
  });

  it('do not open once a byte is changed, the tag is cut, or parts are missing', () => {
    const ring = parseKeyRing(`k1:${key()}`);
    const parts = seal(ring, 'secret', 'a').split('.');
    const flip = (text: string) => `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`;
    for (let i = 1; i < parts.length; i++) {
      const changed = parts.map((part, at) => (at === i ? flip(part) : part)).join('.');
      expect(() => open(ring, changed, 'a'), `part ${i}`).toThrow(EnvelopeError);
    }
    const [tag = ''] = parts.slice(-1);
    expect(() => open(ring, [...parts.slice(0, -1), tag.slice(0, 8)].join('.'), 'a')).toThrow(EnvelopeError);
    expect(() => open(ring, parts.slice(0, 4).join('.'), 'a')).toThrow(EnvelopeError);
    expect(() => open(ring, '', 'a')).toThrow(EnvelopeError);
  });

  it('open with an older key of the ring, and say which key is missing', () => {
    const [older, newer] = [key(), key()];
    const envelope = seal(parseKeyRing(`k1:${older}`), 'secret', 'a');
    const ring = parseKeyRing(`k2:${newer},k1:${older}`);
    expect(open(ring, envelope, 'a')).toBe('secret');
    expect(envelopeKeyId(seal(ring, 'secret', 'a'))).toBe('k2');
    expect(() => open(parseKeyRing(`k2:${newer}`), envelope, 'a')).toThrow(/key k1/);
  });
});

describe('parseKeyRing', () => {
  it.each([
    ['nothing', ''],
    ['no id', Buffer.alloc(32).toString('base64')],
    ['a short key', 'k1:c2hvcnQ='],
    ['one id twice', `k1:${Buffer.alloc(32).toString('base64')},k1:${Buffer.alloc(32).toString('base64')}`],
  ])('refuses %s without repeating it', (_what, text) => {
    expect(() => parseKeyRing(text)).toThrow(KeyRingError);
    if (text !== '') expect(() => parseKeyRing(text)).not.toThrow(text);
  });
});
