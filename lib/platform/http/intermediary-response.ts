import { RemoteError } from '#lib/platform/errors.ts';
import type { HttpResponse } from './http.ts';

/** A proxy, a captive portal or a firewall answered instead of the service. */
export class IntermediaryResponseError extends RemoteError {
  override readonly name = 'RemoteError';
  /** What answered, e.g. `text/html from graph.microsoft.com`. */
  readonly what: string;
  /** Whether the status is temporary (5xx, 429): retried for as long as an outage of the service. */
  readonly temporary: boolean;

  constructor(what: string, { service, host, detail, status }: ForeignWords) {
    const reference = { reference: { httpStatus: status, timestamp: new Date().toISOString() } };
    super(
      {
        code: service === 'Graph' ? 'answer-not-from-graph' : 'answer-not-from-entra',
        title: `A system between Entrada and ${service} answered instead of ${service}: ${what}.`,
        ...(detail === null ? {} : { detail }),
        remedy: `Check the systems between Entrada and ${host}: a proxy (HTTPS_PROXY), a captive portal that requires a sign-in, or a firewall that inspects TLS. They must let requests to ${host} pass.`,
        fixer: 'operator',
        ...reference,
      },
      { retry: 'backoff' },
    );
    this.what = what;
    this.temporary = status === 429 || (status >= 500 && status !== 511);
  }
}

interface ForeignWords {
  readonly service: RemoteService;
  readonly host: string;
  readonly detail: string | null;
  readonly status: number;
}

export type RemoteService = 'Graph' | 'Microsoft Entra ID';

/** What a request was sent for. */
export interface AnsweredRequest {
  readonly url: string;
  readonly service: RemoteService;
  readonly expects: 'json' | 'text' | 'xml';
}

/** Headers of Microsoft's front doors, also on HTML error pages; responses of intermediaries have none of them. */
const SERVICE_HEADERS = [
  'request-id',
  'client-request-id',
  'x-ms-request-id',
  'x-ms-ags-diagnostic',
  'x-azure-ref',
  'x-msedge-ref',
];

/**
 * The error of a response that the service itself did not send; null when the service may have sent it. Detected by a redirect (Graph and
 * Entra's token endpoint send none for what Entrada asks), by 407 and 511 (RFC 9110 section 15.5.8, RFC 6585 section 6), by markup, and
 * by a successful body of another media type than expected. A body that begins as JSON and is truncated is not reported here.
 */
export function findIntermediaryResponse(
  response: HttpResponse,
  { url, service, expects }: AnsweredRequest,
): IntermediaryResponseError | null {
  const { host } = new URL(url);
  const { status, headers } = response;
  const words = { service, host, status, detail: titleOf(response.body) };
  if (status >= 300 && status < 400) return new IntermediaryResponseError(redirectWords(response, url), words);
  const type = mediaType(headers);
  const named = `${type === '' ? 'an answer without content type' : type} from ${host}`;
  if (status === 407 || status === 511) return new IntermediaryResponseError(`status ${status}, ${named}`, words);
  const markup = isMarkup(type) || (expects === 'xml' ? isHtml(response.body) : firstByte(response.body) === '<');
  const isOk = status >= 200 && status < 300;
  if (!isOk) {
    const ours = SERVICE_HEADERS.some((name) => name in headers);
    return markup && !ours ? new IntermediaryResponseError(`status ${status}, ${named}`, words) : null;
  }
  if (markup || !mayBe(expects, response.body)) {
    return new IntermediaryResponseError(
      isJson(type) && expects === 'json' ? `a body that is not JSON from ${host}` : named,
      words,
    );
  }
  return null;
}

/** The redirect target, which identifies a captive portal; without its query, which may hold personal data. */
function redirectWords({ status, headers }: HttpResponse, url: string): string {
  const { host } = new URL(url);
  const location = headers['location'] ?? '';
  const to = location === '' ? null : URL.parse(location, url);
  return `a redirect${to === null ? '' : ` to ${to.origin}${to.pathname}`} (${status}) from ${host}`;
}

function mediaType(headers: HttpResponse['headers']): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function isMarkup(type: string): boolean {
  return type === 'text/html' || type === 'application/xhtml+xml';
}

function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json');
}

/** Whether a body is an HTML page, whatever its content type; XML metadata begins with `<` as well. */
function isHtml(body: Uint8Array): boolean {
  return /^\s*<(?:!doctype\s+)?html\b/i.test(Buffer.from(body.subarray(0, 256)).toString('latin1'));
}

/** An empty body proves nothing: a 204 has none, and a truncated answer may have none. */
function mayBe(expects: AnsweredRequest['expects'], body: Uint8Array): boolean {
  const first = firstByte(body);
  if (first === '' || expects === 'text') return true;
  return expects === 'xml' ? first === '<' : first === '{' || first === '[';
}

/** The first character that is no white space; '' when there is none. */
function firstByte(body: Uint8Array): string {
  const byte = body.find((value) => value > 0x20);
  return byte === undefined ? '' : String.fromCharCode(byte);
}

/** The title of an HTML page: what a portal or a proxy calls itself. */
function titleOf(body: Uint8Array): string | null {
  const text = Buffer.from(body.subarray(0, 16 << 10)).toString('utf8');
  const title = /<title[^>]*>([^<]*)</i.exec(text)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';
  return title === '' ? null : `The title of the page is "${title.slice(0, 200)}".`;
}
