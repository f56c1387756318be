import type { ServerRelease } from '#lib/domain/gateway/gateway.ts';
import { PROTOCOL_VERSION } from '#lib/gateway/version.ts';
import { ENTRADA_VERSION } from '#lib/platform/version.ts';

/** Version and protocol of the server, which gateways are compared with. */
export const SERVER_RELEASE: ServerRelease = { version: ENTRADA_VERSION, protocolVersion: PROTOCOL_VERSION };
