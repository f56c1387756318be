import type { ConditionOperator, FilterCondition, FilterGroup, FilterNode } from './filter.ts';
import type { LiteralType } from './filter-literal.ts';

/** A filter that the builder can show; else a syntax error at a position (0-based characters), or a construct that the builder does not support. */
export type ParsedFilter =
  | { readonly ok: true; readonly group: FilterGroup }
  | { readonly ok: false; readonly fault: 'syntax' | 'beyond'; readonly at: number; readonly message: string };

interface Token {
  readonly kind: 'literal' | 'name' | 'mark' | 'end';
  readonly text: string;
  readonly at: number;
  /** Type of the literal. */
  readonly type: LiteralType | 'null';
  readonly value: string;
}

const TOKEN =
  /\s*(?:(?<quoted>'(?:[^']|'')*')|(?<duration>duration'[^']*')|(?<time>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|(?<guid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(?<date>\d{4}-\d\d-\d\d)|(?<clock>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)|(?<number>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<name>[$A-Za-z_][\w.$]*(?:\/[$A-Za-z_][\w.$]*)*)|(?<mark>[(),:]))/iy;

const GROUP_TYPE = {
  quoted: 'string',
  duration: 'duration',
  time: 'dateTimeOffset',
  guid: 'guid',
  date: 'date',
  clock: 'timeOfDay',
  number: 'number',
} as const satisfies Record<string, LiteralType>;

class FilterFault extends Error {
  override readonly name = 'FilterFault';
  readonly fault: 'syntax' | 'beyond';
  readonly at: number;

  constructor(fault: 'syntax' | 'beyond', at: number, message: string) {
    super(message);
    this.fault = fault;
    this.at = at;
  }
}

/**
 * Parses a `$filter` into conditions: comparisons, `in`, startswith/endswith/contains, `any` with one condition, and/or/not and
 * parentheses (OData 4.01 URL conventions, section 5.1.1). Reports any other construct as unsupported instead of misreading it.
 */
export function parseFilter(text: string): ParsedFilter {
  try {
    if (text.trim() === '') return { ok: true, group: { kind: 'group', join: 'and', items: [], not: false } };
    return { ok: true, group: asGroup(new Parser(tokenise(text)).parse()) };
  } catch (error) {
    if (!(error instanceof FilterFault)) throw error;
    return { ok: false, fault: error.fault, at: error.at, message: error.message };
  }
}

function asGroup(node: FilterNode): FilterGroup {
  return node.kind === 'group' ? node : { kind: 'group', join: 'and', items: [node], not: false };
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  const length = text.trimEnd().length;
  const pattern = new RegExp(TOKEN);
  for (let at = 0; at < length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    if (match === null) {
      const what = text[start] === "'" ? 'A text value has no closing quote.' : `Unexpected character: ${text[start]}`;
      throw new FilterFault('syntax', start, what);
    }
    tokens.push(toToken(match, start));
  }
  tokens.push({ kind: 'end', text: '', at: length, type: 'null', value: '' });
  return tokens;
}

function toToken(match: RegExpExecArray, at: number): Token {
  const groups = match.groups ?? {};
  const { name, mark } = groups;
  if (mark !== undefined) return { kind: 'mark', text: mark, at, type: 'null', value: '' };
  if (name === 'true' || name === 'false') return { kind: 'literal', text: name, at, type: 'boolean', value: name };
  if (name === 'null') return { kind: 'literal', text: name, at, type: 'null', value: '' };
  if (name !== undefined) return { kind: 'name', text: name, at, type: 'null', value: '' };
  for (const [group, type] of Object.entries(GROUP_TYPE)) {
    const text = groups[group];
    if (text !== undefined) return { kind: 'literal', text, at, type, value: bare(text, type) };
  }
  throw new FilterFault('syntax', at, 'Unexpected text.');
}

function bare(text: string, type: LiteralType): string {
  if (type === 'string') return text.slice(1, -1).replaceAll("''", "'");
  return type === 'duration' ? text.slice("duration'".length, -1) : text;
}

const CALLS: Readonly<Record<string, ConditionOperator>> = {
  startswith: 'startsWith',
  endswith: 'endsWith',
  contains: 'contains',
};
const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'ge', 'le', 'gt', 'lt']);

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): FilterNode {
    const node = this.#joined('or', () => this.#joined('and', () => this.#unary()));
    const token = this.#token();
    if (token.kind !== 'end') throw new FilterFault('syntax', token.at, `Unexpected text: ${token.text}`);
    return node;
  }

  #joined(join: 'and' | 'or', part: () => FilterNode): FilterNode {
    const first = part();
    const items = [first];
    while (this.#takeName(join)) items.push(part());
    return items.length === 1 ? first : { kind: 'group', join, items, not: false };
  }

  #unary(): FilterNode {
    if (this.#takeName('not')) {
      const inner = this.#unary();
      if (inner.not) throw new FilterFault('beyond', this.#token().at, 'The filter builder does not support a double not.');
      return { ...inner, not: true };
    }
    if (!this.#takeMark('(')) return this.#term();
    const inner = this.#joined('or', () => this.#joined('and', () => this.#unary()));
    this.#expect(')');
    return inner;
  }

  #term(): FilterCondition {
    const token = this.#name();
    if (CALLS[token.text.toLowerCase()] !== undefined || this.#token().kind === 'name') return this.#condition(token, null);
    const any = /^(.+)\/any$/i.exec(token.text);
    if (any?.[1] === undefined || !this.#takeMark('(')) {
      throw this.#token().text === '('
        ? new FilterFault('beyond', token.at, `The filter builder does not support ${token.text}(…).`)
        : new FilterFault('syntax', this.#token().at, `An operator such as eq is missing after ${token.text}.`);
    }
    if (this.#takeMark(')'))
      throw new FilterFault('beyond', token.at, 'The filter builder does not support any() without a condition.');
    const variable = this.#name().text;
    this.#expect(':');
    const inner = this.#condition(this.#name(), variable);
    if (this.#token().kind === 'name')
      throw new FilterFault(
        'beyond',
        this.#token().at,
        'The filter builder does not support any(…) with more than one condition.',
      );
    this.#expect(')');
    return { ...inner, path: any[1], item: inner.path };
  }

  /** Within any(…) the path is relative to the variable; '' is the item itself. */
  #condition(token: Token, variable: string | null): FilterCondition {
    const operator = CALLS[token.text.toLowerCase()];
    if (operator === undefined) return this.#comparison(this.#path(token, variable));
    this.#expect('(');
    const path = this.#path(this.#name(), variable);
    this.#expect(',');
    const literal = this.#literal();
    this.#expect(')');
    if (literal.type === 'null') throw new FilterFault('syntax', literal.at, 'Enter a text value here.');
    return { kind: 'condition', path, operator, type: literal.type, values: [literal.value], item: null, not: false };
  }

  #comparison(path: string): FilterCondition {
    const token = this.#name();
    const operator = token.text.toLowerCase();
    const base = { kind: 'condition', path, item: null, not: false } as const;
    if (operator === 'in') return { ...base, operator: 'in', ...this.#list() };
    if (!COMPARISONS.has(operator))
      throw new FilterFault('beyond', token.at, `The filter builder does not support the operator ${token.text}.`);
    const { type, value, at } = this.#literal();
    if (type !== 'null') return { ...base, operator: operator as ConditionOperator, type, values: [value] };
    if (operator !== 'eq' && operator !== 'ne') throw new FilterFault('syntax', at, 'Use null only with eq and ne.');
    return { ...base, operator: operator === 'eq' ? 'isNull' : 'isNotNull', type: 'string', values: [] };
  }

  #list(): Pick<FilterCondition, 'type' | 'values'> {
    this.#expect('(');
    const literals = [this.#literal()];
    while (this.#takeMark(',')) literals.push(this.#literal());
    this.#expect(')');
    const [first] = literals;
    const type = first?.type ?? 'null';
    if (type === 'null' || literals.some((literal) => literal.type !== type)) {
      throw new FilterFault(
        'beyond',
        first?.at ?? 0,
        'The filter builder does not support values of different types in one in (…).',
      );
    }
    return { type, values: literals.map((literal) => literal.value) };
  }

  #path(token: Token, variable: string | null): string {
    if (token.text.includes('$')) throw new FilterFault('beyond', token.at, `The filter builder does not support ${token.text}.`);
    if (variable === null) return token.text;
    if (token.text === variable) return '';
    if (!token.text.startsWith(`${variable}/`)) {
      throw new FilterFault(
        'beyond',
        token.at,
        `The filter builder does not support ${token.text} in this any(…): it does not start with ${variable}/.`,
      );
    }
    return token.text.slice(variable.length + 1);
  }

  #token(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1);
    if (token === undefined) throw new FilterFault('syntax', 0, 'The filter is empty.');
    return token;
  }

  #takeName(text: string): boolean {
    const token = this.#token();
    if (token.kind !== 'name' || token.text.toLowerCase() !== text) return false;
    this.#next++;
    return true;
  }

  #takeMark(text: string): boolean {
    const token = this.#token();
    if (token.kind !== 'mark' || token.text !== text) return false;
    this.#next++;
    return true;
  }

  #expect(mark: string): void {
    if (this.#takeMark(mark)) return;
    throw new FilterFault('syntax', this.#token().at, `${mark} is missing.`);
  }

  #name(): Token {
    const token = this.#token();
    if (token.kind !== 'name')
      throw new FilterFault(
        'syntax',
        token.at,
        token.kind === 'end' ? 'The end of the filter is missing.' : `Write a property instead of ${token.text}.`,
      );
    this.#next++;
    return token;
  }

  #literal(): Token {
    const token = this.#token();
    if (token.kind !== 'literal') {
      const what =
        token.kind === 'end'
          ? 'A value is missing at the end.'
          : `Write a value instead of ${token.text}. Put text values in single quotes.`;
      throw new FilterFault('syntax', token.at, what);
    }
    this.#next++;
    return token;
  }
}
