import { randomInt } from 'node:crypto';
import { ID_ALPHABET, ID_LENGTH, type Id, type IdKind } from '#lib/domain/id.ts';

/** A new random id of `kind`; 20 characters of a 31 letter alphabet are 99 bits. */
export function newId<K extends IdKind>(kind: K): Id<K> {
  let text = '';
  for (let i = 0; i < ID_LENGTH; i++) text += ID_ALPHABET[randomInt(ID_ALPHABET.length)];
  return `${kind}_${text}`;
}
