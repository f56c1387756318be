import { z } from 'zod';

/** Key that `secretText` adds to the JSON Schema. */
export const SECRET_MARKER = 'x-secret';

/** A text that is never transported or stored in clear: a transport encrypts the paths of `secretPaths`. */
export function secretText(): z.ZodString {
  return z.string().meta({ [SECRET_MARKER]: true });
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly [SECRET_MARKER]?: boolean;
}

/** Paths of the secret texts in a schema, separated by dots (`[]` = each item of an array), sorted. */
export function secretPaths(schema: z.ZodType): readonly string[] {
  const root = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input', reused: 'inline' }) as SchemaNode;
  return [...new Set(pathsBelow(root, ''))].sort();
}

function pathsBelow(node: SchemaNode, path: string): readonly string[] {
  const own = node[SECRET_MARKER] === true ? [path] : [];
  const members = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    pathsBelow(child, path === '' ? name : `${path}.${name}`),
  );
  const items = node.items === undefined ? [] : pathsBelow(node.items, `${path}[]`);
  const options = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((option) => pathsBelow(option, path));
  return [...own, ...members, ...items, ...options];
}
