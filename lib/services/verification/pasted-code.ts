/** A pasted text after normalisation: a code, or a whole redirect URL with its parameters. */
export type PastedCode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'code'; readonly code: string; readonly state: string | null }
  | { readonly kind: 'refusal'; readonly error: string; readonly errorDescription: string | null };

/** Codes are opaque (RFC 6749 section 4.1.2); Entra's consist of URL-safe characters without spaces, at least some hundred. */
const CODE = /^[\w.~!*+/=-]{20,}$/;

const CODE_AND_MORE = /^[\w.~!*+/-]{20,}(&(state|session_state|client_info)=|#)/;

/**
 * Parses a paste: ignores surrounding spaces, quotes, and line breaks that a mail program or a terminal inserted; of a URL or
 * its query the parameters are used.
 */
export function readPastedCode(pasted: string): PastedCode {
  const text = pasted
    .trim()
    .replace(/^["'`“”‘’<]+|["'`“”‘’>]+$/g, '')
    .replace(/[\r\n\t\u00ad\u200b-\u200d\u2060\ufeff]+\s*/g, '')
    .trim();
  if (text === '') return { kind: 'empty' };
  const query = queryOf(text);
  if (query === null) {
    const code = withoutGaps(text);
    return CODE.test(code) ? { kind: 'code', code, state: null } : { kind: 'unreadable' };
  }
  const error = query.get('error');
  if (error !== null) return { kind: 'refusal', error, errorDescription: query.get('error_description') };
  const code = query.get('code');
  return code !== null && CODE.test(code) ? { kind: 'code', code, state: query.get('state') } : { kind: 'unreadable' };
}

/** Removes spaces that a mail program inserted; keeps those of a sentence. */
function withoutGaps(text: string): string {
  const pieces = text.split(/[ \u00a0]+/);
  return pieces.some((piece) => CODE.test(piece)) ? pieces.join('') : text;
}

function queryOf(text: string): URLSearchParams | null {
  const whole = text.replaceAll(' ', '');
  if (/^https?:\/\//i.test(whole)) return URL.parse(whole)?.searchParams ?? null;
  // Copied from the address bar, starting with the code.
  if (CODE_AND_MORE.test(whole)) return new URLSearchParams(`code=${whole.replace(/#.*/, '')}`);
  return /^\??(code|state|error|session_state)=/.test(whole) ? new URLSearchParams(whole.replace(/^\?/, '')) : null;
}
