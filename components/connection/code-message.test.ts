import { expect, test } from 'vitest';
import { codeOfMessage } from './code-message.ts';

const expected = { origin: 'http://localhost:3000', verificationId: 'ver_a' };
const data = { type: 'entrada:authentication-code', verificationId: 'ver_a', code: '0.AX' };

test('a code from the same origin for the same verification is taken', () => {
  expect(codeOfMessage({ origin: expected.origin, data }, expected)).toBe('0.AX');
});

test.each([
  ['another origin', { origin: 'http://localhost:3001', data }],
  ['another verification', { origin: expected.origin, data: { ...data, verificationId: 'ver_b' } }],
  ['another kind of message', { origin: expected.origin, data: { ...data, type: 'other' } }],
  ['an empty code', { origin: expected.origin, data: { ...data, code: '' } }],
  ['no object at all', { origin: expected.origin, data: 'ver_a' }],
])('a message of %s is ignored', (_what, message) => {
  expect(codeOfMessage(message, expected)).toBeNull();
});
