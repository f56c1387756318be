/**
 * Version of the protocol that this program speaks, `major.minor`. A minor version adds optional fields only; what breaks an older peer needs a
 * new major version (docs/decisions/017).
 */
export const PROTOCOL_VERSION = '1.0';

/** Below the server's address; the number is the major version. */
export const GATEWAY_PATH = '/api/gateway/v1';

/** Whether a peer that speaks `version` is understood: its major version is ours. */
export function isSupportedProtocol(version: string): boolean {
  return /^\d+\.\d+$/.test(version) && majorOf(version) === majorOf(PROTOCOL_VERSION);
}

function majorOf(version: string): string | undefined {
  return version.split('.')[0];
}
