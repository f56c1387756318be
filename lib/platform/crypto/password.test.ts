import { describe, expect, it } from 'vitest';
import { hashPassword, verifyDummyPassword, verifyPassword } from './password.ts';

describe('passwords', () => {
  it('are proven by their hash, which carries its parameters and differs each time', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^scrypt\$15\$8\$3\$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword('correct horse', one)).toBe(true);
    expect(await verifyPassword('correct horse ', one)).toBe(false);
  });

  it('are the same however the keyboard composes an accent', async () => {
    expect(await verifyPassword('caf\u00e9-caf\u00e9', await hashPassword('cafe\u0301-cafe\u0301'))).toBe(true);
  });

  it('are refused for a stored hash of no known form, and for nobody', async () => {
    for (const stored of ['', 'plain', 'bcrypt$1$2$3$4$5', 'scrypt$99$8$3$YQ$YQ', 'scrypt$x$8$3$YQ$YQ']) {
      expect(await verifyPassword('x', stored)).toBe(false);
    }
    expect(await verifyDummyPassword('x')).toBe(false);
  });
});
