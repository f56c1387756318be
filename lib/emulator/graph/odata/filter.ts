import type { Row } from '../../tenant/collection.ts';
import { badRequest, GraphErrorResponse, unsupportedQuery } from '../error-response.ts';

/** A parsed `$filter`. */
export interface Filter {
  readonly test: (row: Row) => boolean;
  /** Its properties with the operator of each use. */
  readonly uses: readonly FilterUse[];
  /** Its values in order. */
  readonly literals: readonly (string | number | boolean | null)[];
  /** Whether Graph requires `ConsistencyLevel: eventual` and `$count=true` ("Advanced query capabilities"). */
  readonly advanced: boolean;
}

export interface FilterUse {
  readonly property: string;
  readonly operator: 'eq' | 'ne' | 'in' | 'ge' | 'le' | 'startsWith' | 'endsWith' | 'any';
}

type Literal = string | number | boolean | null;
type Test = (row: Row) => boolean;
type Value = (row: Row) => unknown;

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w.]*(?:\/[A-Za-z_][\w.]*)*)|([(),:]))/iy;

interface Token {
  readonly kind: 'literal' | 'name' | 'mark';
  readonly text: string;
  readonly value: Literal;
}

/** Parses an OData 4.01 `$filter` as far as Graph's directory supports it: comparisons, in, startsWith/endsWith/contains, any, and/or/not. */
export function parseFilter(text: string): Filter {
  const parser = new Parser(tokenise(text));
  const test = parser.parse();
  return { test, uses: parser.uses, literals: parser.literals, advanced: parser.advanced };
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  for (let at = 0; at < text.trimEnd().length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw syntax(at);
    tokens.push(toToken(match));
  }
  return tokens;
}

function toToken([, quoted, date, guid, number, name, mark]: RegExpExecArray): Token {
  if (quoted !== undefined) return { kind: 'literal', text: quoted, value: quoted.slice(1, -1).replaceAll("''", "'") };
  if (date !== undefined) return { kind: 'literal', text: date, value: date };
  if (guid !== undefined) return { kind: 'literal', text: guid, value: guid };
  if (number !== undefined) return { kind: 'literal', text: number, value: Number(number) };
  if (name === 'true' || name === 'false') return { kind: 'literal', text: name, value: name === 'true' };
  if (name === 'null') return { kind: 'literal', text: name, value: null };
  return name === undefined ? { kind: 'mark', text: mark ?? '', value: null } : { kind: 'name', text: name, value: null };
}

function syntax(at: number): GraphErrorResponse {
  return new GraphErrorResponse(400, 'BadRequest', `Invalid filter clause: Syntax error at position ${at}.`);
}

class Parser {
  readonly uses: FilterUse[] = [];
  readonly literals: Literal[] = [];
  advanced = false;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Test {
    const test = this.#or('');
    if (this.#at < this.#tokens.length) throw syntax(this.#at);
    return test;
  }

  #or(variable: string): Test {
    let left = this.#and(variable);
    while (this.#take('name', 'or')) {
      const [a, b] = [left, this.#and(variable)];
      left = (row) => a(row) || b(row);
    }
    return left;
  }

  #and(variable: string): Test {
    let left = this.#unary(variable);
    while (this.#take('name', 'and')) {
      const [a, b] = [left, this.#unary(variable)];
      left = (row) => a(row) && b(row);
    }
    return left;
  }

  #unary(variable: string): Test {
    if (this.#take('name', 'not')) {
      this.advanced = true;
      const inner = this.#unary(variable);
      return (row) => !inner(row);
    }
    if (this.#take('mark', '(')) {
      const inner = this.#or(variable);
      this.#expect(')');
      return inner;
    }
    return this.#term(variable);
  }

  #term(variable: string): Test {
    const name = this.#name();
    const lower = name.toLowerCase();
    if (lower === 'startswith' || lower === 'endswith' || lower === 'contains') return this.#call(lower, variable);
    if (lower.endsWith('/any') || lower.endsWith('/all')) return this.#lambda(name);
    return this.#comparison(name, variable);
  }

  #call(fn: 'startswith' | 'endswith' | 'contains', variable: string): Test {
    this.#expect('(');
    const value = this.#property(this.#name(), variable, fn === 'endswith' ? 'endsWith' : 'startsWith');
    this.#expect(',');
    const wanted = String(this.#literal()).toLowerCase();
    this.#expect(')');
    if (fn === 'endswith') this.advanced = true;
    if (fn === 'contains') throw unsupportedQuery('Unsupported or invalid query filter clause specified for property.');
    return (row) => {
      const text = value(row);
      if (typeof text !== 'string') return false;
      return fn === 'startswith' ? text.toLowerCase().startsWith(wanted) : text.toLowerCase().endsWith(wanted);
    };
  }

  #lambda(name: string): Test {
    const path = name.slice(0, name.lastIndexOf('/'));
    const value = this.#property(path, '', 'any');
    this.#expect('(');
    if (this.#take('mark', ')')) return (row) => ((value(row) as readonly unknown[] | null) ?? []).length > 0;
    const variable = this.#name();
    this.#expect(':');
    const inner = this.#or(variable);
    this.#expect(')');
    return (row) => ((value(row) as readonly unknown[] | null) ?? []).some((item) => inner({ [variable]: item }));
  }

  #comparison(name: string, variable: string): Test {
    const operator = this.#name().toLowerCase();
    if (operator === 'in') return this.#in(this.#property(name, variable, operator));
    const wanted = this.#literal();
    const value = this.#property(name, variable, operator as FilterUse['operator']);
    switch (operator) {
      case 'eq':
        if (wanted === null) this.advanced = true;
        return (row) => equal(value(row), wanted);
      case 'ne':
        this.advanced = true;
        return (row) => !equal(value(row), wanted);
      case 'ge':
      case 'le':
        return (row) => inOrder(value(row), wanted, operator);
      case 'gt':
      case 'lt':
        throw unsupportedQuery(`Unsupported Query: operator '${operator}'.`);
      default:
        throw syntax(this.#at);
    }
  }

  #in(value: Value): Test {
    this.#expect('(');
    const wanted: Literal[] = [];
    do wanted.push(this.#literal());
    while (this.#take('mark', ','));
    this.#expect(')');
    if (wanted.length > 15)
      throw unsupportedQuery(
        `Too many child clauses specified in search filter expression containing 'OR' operators: ${wanted.length}. Max allowed: 15.`,
      );
    return (row) => wanted.some((item) => equal(value(row), item));
  }

  /** A property, `a/b` of a complex one, or the variable of a lambda. Names are case-insensitive. */
  #property(path: string, variable: string, operator: FilterUse['operator']): Value {
    const segments = path.split('/');
    if (segments[0] !== variable && segments[0] !== undefined) this.uses.push({ property: segments[0], operator });
    return (row) => {
      let at: unknown = row;
      for (const segment of segments) {
        if (at === null || typeof at !== 'object') return null;
        const record = at as Readonly<Record<string, unknown>>;
        at = record[segment] ?? record[Object.keys(record).find((key) => key.toLowerCase() === segment.toLowerCase()) ?? ''];
      }
      return at ?? null;
    };
  }

  #take(kind: Token['kind'], text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || token.text.toLowerCase() !== text) return false;
    this.#at++;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#take('mark', mark)) throw syntax(this.#at);
  }

  #name(): string {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== 'name') throw syntax(this.#at);
    return token.text;
  }

  #literal(): Literal {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== 'literal') throw syntax(this.#at);
    if (typeof token.value === 'string' && token.value.length > 120)
      throw badRequest('The value of a filter clause may have at most 120 characters.');
    this.literals.push(token.value);
    return token.value;
  }
}

const DATE = /^\d{4}-\d\d-\d\dT/;

function equal(value: unknown, wanted: Literal): boolean {
  if (typeof value === 'string' && typeof wanted === 'string') {
    if (DATE.test(value) && DATE.test(wanted)) return Date.parse(value) === Date.parse(wanted);
    return value.toLowerCase() === wanted.toLowerCase();
  }
  return (value ?? null) === wanted;
}

function inOrder(value: unknown, wanted: Literal, operator: 'ge' | 'le'): boolean {
  if (typeof value !== typeof wanted || value === null || wanted === null) return false;
  const [a, b] =
    typeof value === 'string' && DATE.test(value)
      ? [Date.parse(value), Date.parse(String(wanted))]
      : [value as string | number, wanted as string | number];
  return operator === 'ge' ? a >= b : a <= b;
}
