import { z } from 'zod';

/** URL of an object store, without a path, which would be ignored; empty where there is a default. */
export const Endpoint = z
  .string()
  .trim()
  .max(2048)
  .refine(
    (text) => text === '' || isEndpoint(text),
    'Enter a URL such as https://store.example.com, without user name or query.',
  );

function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

/** Folder in a bucket or container that contains the folders of tasks: `a/b`; empty: none. */
export const KeyPrefix = z
  .string()
  .trim()
  .max(512)
  .transform((text) => text.replace(/^\/+|\/+$/g, ''))
  .refine(
    (text) => text === '' || text.split('/').every((part) => /^[A-Za-z0-9_=+.@ -]+$/.test(part) && !/^\.+$/.test(part)),
    'A folder may have letters, digits and . _ - = + @, with / between its parts.',
  );

/** Joins parts of a key, omitting empty ones. */
export function joinKey(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}
