import { findItems, type Member, type Properties, readMembers } from './page-members.ts';

const DOCUMENT: Properties = new Map([['value', { name: 'value', inner: new Map() }]]);
const OBJECT = 0x7b;

/**
 * The rows of a page as they are in its bytes; null when it is no document with one list `value` of objects. Rows are not looked into: they may
 * be nested as deep as they like, and hold a property twice.
 */
export function splitRows(body: Uint8Array): readonly Uint8Array[] | null {
  let members: readonly Member[] = [];
  readMembers(body, DOCUMENT, (found) => {
    members = found;
  });
  const [list, second] = members.filter(({ name }) => name === 'value');
  if (list === undefined || second !== undefined) return null;
  const items = findItems(body, list.valueFrom);
  if (items === null || items.some(([from]) => body[from] !== OBJECT)) return null;
  return items.map(([from, to]) => body.subarray(from, to));
}

/** A page of these rows. */
export function joinRows(rows: readonly Uint8Array[]): Uint8Array {
  const pieces = rows.flatMap((row, index) => (index === 0 ? [row] : [Buffer.from(','), row]));
  return Buffer.concat([Buffer.from('{"value":['), ...pieces, Buffer.from(']}')]);
}
