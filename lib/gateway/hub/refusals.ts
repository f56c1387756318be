import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { AppError } from '#lib/platform/errors.ts';

/** A request of a gateway that the server refuses; the title has the reason. */
export class GatewayRefusedError extends AppError {
  override readonly name = 'GatewayRefusedError';
}

const NEW_KEY = 'Create a new registration key on the page of the gateway (Data gateways), and register the gateway with it.';

function refusal(code: ProblemCode, title: string, remedy: string, detail?: string): GatewayRefusedError {
  return new GatewayRefusedError({ code, title, remedy, fixer: 'operator', ...(detail === undefined ? {} : { detail }) });
}

export const REFUSAL = {
  proofMissing: () =>
    refusal(
      'gateway-proof-missing',
      'This URL is only for data gateways, and the request has no proof of a data gateway.',
      'Start the gateway with `entrada gateway`. A proxy between the gateway and the server must keep the Authorization header.',
    ),
  unknown: () => refusal('gateway-unknown', 'The server has no data gateway with this ID.', NEW_KEY),
  forged: () => refusal('gateway-proof-forged', "The request is not signed by this data gateway's key.", NEW_KEY),
  otherRequest: (expected: string) =>
    refusal(
      'gateway-proof-forged',
      'The proof belongs to another request.',
      `Start the gateway with the address of the server in ENTRADA_URL, and check that no proxy changes requests.`,
      `The server expects ${expected}.`,
    ),
  replayed: () =>
    refusal(
      'gateway-proof-replayed',
      'The server has received this request before.',
      'If the gateway did not send the request twice, somebody has recorded it. Check the network between the gateway and the server.',
    ),
  clock: (gateway: Date, server: Date) =>
    refusal(
      'gateway-clock',
      "The gateway's clock and the server's differ by more than 5 minutes.",
      'Correct the wrong clock, for example with NTP.',
      `The clock of the gateway shows ${gateway.toISOString()}, the clock of the server ${server.toISOString()}.`,
    ),
  deactivated: (name: string) =>
    refusal(
      'gateway-deactivated',
      `The data gateway ${name} is deactivated.`,
      'Activate the gateway on its page, or stop its process.',
    ),
  version: (gateway: string, server: string) =>
    refusal(
      'gateway-version',
      'The gateway and the server use different versions of the protocol.',
      'Install the version of the server on the gateway.',
      `The gateway uses version ${gateway}, the server ${server}.`,
    ),
  keyUnknown: () =>
    refusal('gateway-key-unknown', 'The server does not know this registration key, or a newer one replaced it.', NEW_KEY),
  keyExpired: (at: Date) => refusal('gateway-key-expired', `The registration key expired at ${at.toISOString()}.`, NEW_KEY),
  keyUsed: (at: Date) => refusal('gateway-key-used', `The registration key was already used at ${at.toISOString()}.`, NEW_KEY),
  notYours: () =>
    refusal(
      'gateway-not-yours',
      'This command was not given to this data gateway.',
      'If two processes use the same data folder, create a gateway for each process.',
    ),
  handedOver: () =>
    refusal(
      'gateway-handed-over',
      'Another data gateway, or another process of this gateway, now executes the command.',
      'You need not do anything. The server ignores the reports of this process about the command.',
    ),
  eventsMissing: (received: number) =>
    refusal(
      'gateway-events-missing',
      'The server has not received the events before these events.',
      'Send the batch that follows the last received batch.',
      `The server has received ${received}.`,
    ),
  noTokenCache: () =>
    refusal(
      'gateway-no-token-cache',
      'This command does not belong to a connection.',
      'Request tokens only for a command that belongs to a connection.',
    ),
  tooMany: () =>
    new GatewayRefusedError({
      code: 'gateway-too-many-requests',
      title: 'The server has refused too many requests from this address.',
      remedy: 'Wait a minute, and read the reason for the refusals in the log of the gateway.',
      fixer: 'operator',
    }),
} as const;
