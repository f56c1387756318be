import { Fragment } from 'react';
import { jsonTokens } from './json-tokens.ts';

const TONE = {
  key: 'text-sky-700 dark:text-sky-300',
  string: 'text-emerald-700 dark:text-emerald-300',
  number: 'text-amber-700 dark:text-amber-300',
  literal: 'text-violet-700 dark:text-violet-300',
  plain: '',
} as const;

/** JSON text, coloured. Long lines wrap. */
export function JsonView({ json }: { readonly json: string }) {
  let offset = 0;
  return (
    <pre className="font-mono text-xs leading-5 whitespace-pre-wrap break-words">
      {jsonTokens(json).map((token) => {
        const key = offset;
        offset += token.text.length;
        return token.kind === 'plain' ? (
          <Fragment key={key}>{token.text}</Fragment>
        ) : (
          <span key={key} className={TONE[token.kind]}>
            {token.text}
          </span>
        );
      })}
    </pre>
  );
}
