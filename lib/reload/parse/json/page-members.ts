import { decodeName } from './key-scan.ts';

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Properties that are read of an object, by name in lower case. */
export type Properties = Map<string, Property>;

export interface Property {
  readonly name: string;
  /** What is read of the object in it, or of the objects that it lists; empty: it is read whole. */
  readonly inner: Properties;
}

/** A property of an object in a document: places of its name with both quotes, and of its value. */
export interface Member {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

/** Called for an object with those of its members that are read, whatever their case, in their order. */
export type VisitObject = (members: readonly Member[], properties: Properties) => void;

/**
 * Visits the objects of a JSON document that `properties` lead to, inner ones first. Lenient: where the text is no JSON the walk ends without
 * an error, and DuckDB's parser reports the place. `lib/graph/client/json-bytes.ts` is the strict scanner of answers: it throws instead.
 */
export function readMembers(body: Uint8Array, properties: Properties, onObject: VisitObject): void {
  readValue({ body, onObject }, afterBlanks(body, 0), properties);
}

/** Places of the items of the list that begins at `from`; null when no list begins there, or it does not end. */
export function findItems(body: Uint8Array, from: number): readonly (readonly [from: number, to: number])[] | null {
  if (body[from] !== ARRAY) return null;
  const items: [number, number][] = [];
  let at = afterBlanks(body, from + 1);
  while (at < body.length && body[at] !== ARRAY_END) {
    const to = skipValue(body, at);
    items.push([at, to]);
    at = afterBlanks(body, to);
    if (body[at] === COMMA) at = afterBlanks(body, at + 1);
    else if (body[at] !== ARRAY_END) return null;
  }
  return at < body.length ? items : null;
}

interface Walk {
  readonly body: Uint8Array;
  readonly onObject: VisitObject;
}

/** Answers the place after the value. */
function readValue(walk: Walk, from: number, properties: Properties): number {
  const { body } = walk;
  if (properties.size === 0) return skipValue(body, from);
  if (body[from] === OBJECT) return readObject(walk, from, properties);
  if (body[from] !== ARRAY) return skipValue(body, from);
  let at = afterBlanks(body, from + 1);
  while (at < body.length && body[at] !== ARRAY_END) {
    at = afterBlanks(body, readValue(walk, at, properties));
    if (body[at] === COMMA) at = afterBlanks(body, at + 1);
    else if (body[at] !== ARRAY_END) return body.length;
  }
  return at + 1;
}

function readObject(walk: Walk, start: number, properties: Properties): number {
  const { body, onObject } = walk;
  const members: Member[] = [];
  let at = afterBlanks(body, start + 1);
  while (body[at] === QUOTE) {
    const from = at;
    const to = skipString(body, from);
    at = afterBlanks(body, to);
    if (body[at] !== COLON) return body.length;
    const valueFrom = afterBlanks(body, at + 1);
    const name = decodeName(Buffer.from(body.buffer, body.byteOffset + from + 1, to - from - 2).toString('utf8'));
    const property = properties.get(name.toLowerCase());
    const valueTo = property === undefined ? skipValue(body, valueFrom) : readValue(walk, valueFrom, property.inner);
    if (property !== undefined) members.push({ name, from, to, valueFrom, valueTo });
    at = afterBlanks(body, valueTo);
    if (body[at] === COMMA) at = afterBlanks(body, at + 1);
  }
  if (body[at] !== OBJECT_END) return body.length;
  onObject(members, properties);
  return at + 1;
}

function skipValue(body: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < body.length; ) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = skipString(body, at);
      if (depth === 0) return at;
    } else if (byte === OBJECT || byte === ARRAY) {
      depth++;
      at++;
    } else if (byte === OBJECT_END || byte === ARRAY_END) {
      if (depth === 0) return at;
      at++;
      if (--depth === 0) return at;
    } else if (byte === COMMA && depth === 0) return at;
    else at++;
  }
  return body.length;
}

/** Place after the closing quote of the string that opens at `from`. */
function skipString(body: Uint8Array, from: number): number {
  for (let at = from + 1; at < body.length; at++) {
    const byte = body[at];
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at + 1;
  }
  return body.length;
}

function afterBlanks(body: Uint8Array, from: number): number {
  let at = from;
  while (at < body.length && (body[at] ?? 0) <= 0x20) at++;
  return at;
}
