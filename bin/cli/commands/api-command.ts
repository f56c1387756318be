import type { Json } from '../api-client.ts';

/** A command that is one operation of the API. */
export interface ApiCommand {
  readonly group: string;
  readonly name: string;
  /** `operationId`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1; its parameters are the arguments of the command, in their order. */
  readonly path: string;
  readonly help: string;
  /** Of a list: the columns of its table. */
  readonly columns?: readonly string[];
  /** Where the items of the answer are, when it is a list that is not paged. */
  readonly items?: string;
  /** Takes a body by --file and --set. */
  readonly body?: 'yes' | 'text';
  /** Sent as the body. */
  readonly fixed?: Json;
  /** Of an edit that wants all members: those that are not given, as they are. */
  readonly base?: (current: Json) => Json;
  /** A list in which what is edited is found, where it cannot be asked for alone. */
  readonly within?: string;
  /** Prints the answer for people; with --json it is printed as it is. */
  readonly print?: (answer: Json) => string;
  /** The answer is not JSON. */
  readonly text?: true;
  /** After the name of the command. */
  readonly example?: string;
}

type Options = Omit<ApiCommand, 'group' | 'name' | 'operation' | 'method' | 'path' | 'help'>;
type Row = readonly [usage: string, operation: string, call: string, help: string, options?: Options];

/** Commands of a group; `call` is `GET /path`. */
export function commandsOf(group: string, rows: readonly Row[]): readonly ApiCommand[] {
  return rows.map(([name, operation, call, help, options = {}]) => {
    const [method, path = ''] = call.split(' ');
    return { group, name, operation, method: method as ApiCommand['method'], path, help, ...options };
  });
}

/** Through what something is reached, as inputs name it. */
export function placeOf({ gateway }: Json): Json {
  const { kind, id = null } = (gateway ?? {}) as { kind?: string; id?: string };
  return { gatewayId: kind === 'gateway' ? id : null, gatewayGroupId: kind === 'group' ? id : null };
}

/** These members of an answer. */
export function membersOf(...names: readonly string[]): (current: Json) => Json {
  return (current) => Object.fromEntries(names.map((name) => [name, current[name]]));
}
