import { dictionary } from '@zxcvbn-ts/language-common';
import { InvalidInputError } from '#lib/platform/errors.ts';

const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common'].map((word) => String(word).toLowerCase()));
/** Shorter words of the list occur in many good passwords. */
const WORD_CHARS_MIN = 4;
/** Maximum number of digits and signs around a common password that do not make it another one. */
const PADDING_CHARS_MAX = 8;
/** Refuses e.g. `aaaaaaaaaaaa`, `121212121212`. */
const DISTINCT_CHARS_MIN = 5;

/**
 * Refuses passwords that attackers try first (NIST SP 800-63B section 5.1.1.2): common ones, also with a few digits and signs around
 * them or repeated, and those derived from the person's address or the product's name.
 * @throws InvalidInputError `common-password` at the field `password`.
 */
export function checkNewPassword(password: string, person: { readonly email: string }): void {
  const own = [person.email, person.email.replace(/@.*/, ''), 'entrada'].map((word) => word.toLowerCase());
  const isKnown = (word: string) => COMMON.has(word) || own.includes(word);
  const monotonous = new Set(password).size < DISTINCT_CHARS_MIN;
  if (!monotonous && !variants(password.toLowerCase()).some(isKnown)) return;
  throw new InvalidInputError({
    code: 'common-password',
    title: 'This password is easy to guess.',
    remedy: 'Use several unrelated words, or a password from a password manager.',
    fixer: 'you',
    field: 'password',
  });
}

/** The password, its repeated unit, and both without the surrounding digits and signs. */
function variants(password: string): readonly string[] {
  const repeated = /^(.+?)\1+$/su.exec(password)?.[1];
  return [password, ...(repeated === undefined ? [] : [repeated])].flatMap((word) => [word, ...withoutPadding(word)]);
}

function withoutPadding(word: string): readonly string[] {
  const core = word.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return core.length >= WORD_CHARS_MIN && word.length - core.length <= PADDING_CHARS_MAX ? [core] : [];
}
