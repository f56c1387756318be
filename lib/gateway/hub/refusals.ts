import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { AppError } from '#lib/platform/errors.ts';

/** A request of a gateway that the server refuses; the title has the reason. */
export class GatewayRefusedError extends AppError {
  override readonly name = 'GatewayRefusedError';
}

const NEW_KEY = 'Make a new registration key on the page of the gateway (Data gateways), and register the gateway with it.';

function refusal(code: ProblemCode, title: string, remedy: string, detail?: string): GatewayRefusedError {
  return new GatewayRefusedError({ code, title, remedy, fixer: 'operator', ...(detail === undefined ? {} : { detail }) });
}

export const REFUSAL = {
  proofMissing: () =>
    refusal(
      'gateway-proof-missing',
      'This address is for data gateways, and the request carries no proof of one.',
      'Start the gateway with `entrada gateway`; a proxy in between must keep the Authorization header.',
    ),
  unknown: () => refusal('gateway-unknown', 'The server knows no data gateway of this id.', NEW_KEY),
  forged: () => refusal('gateway-proof-forged', "The request is not signed by this data gateway's key.", NEW_KEY),
  otherRequest: (expected: string) =>
    refusal(
      'gateway-proof-forged',
      'The proof belongs to another request.',
      `Let the gateway use the address that the server has (ENTRADA_URL), and check that no proxy changes requests.`,
      `The server expects ${expected}.`,
    ),
  replayed: () =>
    refusal(
      'gateway-proof-replayed',
      'This very request was received before.',
      'If the gateway did not send it twice, somebody has recorded it: check the network between gateway and server.',
    ),
  clock: (gateway: Date, server: Date) =>
    refusal(
      'gateway-clock',
      "The gateway's clock and the server's differ by more than 5 minutes.",
      'Set the clock that is wrong, best by NTP.',
      `The gateway says ${gateway.toISOString()}, the server ${server.toISOString()}.`,
    ),
  deactivated: (name: string) =>
    refusal('gateway-deactivated', `The data gateway ${name} is deactivated.`, 'Activate it on its page, or stop its process.'),
  version: (gateway: string, server: string) =>
    refusal(
      'gateway-version',
      'The gateway and the server do not speak the same version of the protocol.',
      'Install the version of Entrada on the gateway that the server has.',
      `The gateway speaks ${gateway}, the server ${server}.`,
    ),
  keyUnknown: () =>
    refusal('gateway-key-unknown', 'The server does not know this registration key, or a newer one replaced it.', NEW_KEY),
  keyExpired: (at: Date) => refusal('gateway-key-expired', `The registration key expired at ${at.toISOString()}.`, NEW_KEY),
  keyUsed: (at: Date) => refusal('gateway-key-used', `The registration key was used at ${at.toISOString()} already.`, NEW_KEY),
  notYours: () =>
    refusal(
      'gateway-not-yours',
      'This command was not given to this data gateway.',
      'If two processes share one data folder, create a gateway for each.',
    ),
  handedOver: () =>
    refusal(
      'gateway-handed-over',
      'Another data gateway or another start of this one has the command now.',
      'Nothing is to be done: what this one reports about it is not used.',
    ),
  eventsMissing: (received: number) =>
    refusal(
      'gateway-events-missing',
      'Events before these ones are missing.',
      'Send the batch after the last one that was received.',
      `The server has ${received}.`,
    ),
  noTokenCache: () =>
    refusal('gateway-no-token-cache', 'This command is about no connection.', 'Ask by a command that is about one.'),
  tooMany: () =>
    new GatewayRefusedError({
      code: 'gateway-too-many-requests',
      title: 'Too many refused requests came from this address.',
      remedy: 'Wait a minute, and look into the log of the gateway for why it is refused.',
      fixer: 'operator',
    }),
} as const;
