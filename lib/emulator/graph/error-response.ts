/** An error answer of Graph, thrown where it is found and sent by the handler. */
export class GraphErrorResponse extends Error {
  override readonly name = 'GraphFault';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Members of `innerError` besides date and ids. */
  readonly inner: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    inner: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.inner = inner;
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const badRequest = (message: string): GraphErrorResponse => new GraphErrorResponse(400, 'Request_BadRequest', message);
export const unsupportedQuery = (message: string): GraphErrorResponse =>
  new GraphErrorResponse(400, 'Request_UnsupportedQuery', message);
export const resourceNotFound = (id: string): GraphErrorResponse =>
  new GraphErrorResponse(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
export const accessDenied = (): GraphErrorResponse =>
  new GraphErrorResponse(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
export const segmentNotFound = (name: string): GraphErrorResponse =>
  new GraphErrorResponse(400, 'BadRequest', `Resource not found for the segment '${name}'.`);

/** Graph's answer where a tenant lacks Entra ID P1 (Graph known issues, sign-in activity). */
export const NO_LICENCE = {
  code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
  message: "Neither tenant is B2C or tenant doesn't have premium license",
} as const;
