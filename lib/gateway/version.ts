/**
 * Version of the protocol in this program, `major.minor`. A minor version only adds optional fields; an incompatible change needs a
 * new major version (docs/decisions/017).
 */
export const PROTOCOL_VERSION = '1.0';

/** Below the server's address; the number is the major version. */
export const GATEWAY_PATH = '/api/gateway/v1';

/** Whether a peer with protocol `version` is supported: its major version is the same. */
export function isSupportedProtocol(version: string): boolean {
  return /^\d+\.\d+$/.test(version) && majorOf(version) === majorOf(PROTOCOL_VERSION);
}

function majorOf(version: string): string | undefined {
  return version.split('.')[0];
}
