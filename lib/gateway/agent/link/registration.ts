import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { RegisterRequest } from '#lib/gateway/protocol.ts';
import { AppError, ConflictError } from '#lib/platform/errors.ts';
import type { GatewayFolder } from '../folder/gateway-folder.ts';
import type { GatewayKeys } from '../folder/keys.ts';
import type { ServerClient } from './server-client.ts';

const FILE = 'gateway.json';

/** The identity of this gateway after its registration. */
export const GatewayIdentity = z.object({
  server: z.string(),
  gatewayId: z.string(),
  name: z.string(),
  /** SHA-256 of the registration key, so that a new key differs from the used one. */
  keyDigest: z.string(),
});
export type GatewayIdentity = z.infer<typeof GatewayIdentity>;

export function readIdentity(folder: GatewayFolder): GatewayIdentity | null {
  return folder.read(FILE, GatewayIdentity);
}

export interface RegistrationOptions {
  /** Origin of the server; null: the one in the folder. */
  readonly server: string | null;
  /** Path of the file with the registration key; null where none was given. */
  readonly keyFile: string | null;
}

/** What to do at the start: continue with the identity in the folder, or register with this key. */
export type RegistrationPlan =
  | { readonly kind: 'registered'; readonly identity: GatewayIdentity }
  | { readonly kind: 'register'; readonly server: string; readonly registrationKey: string };

/**
 * Decides by the folder and the options. A key that was used already is ignored, so that the same command starts a gateway the first time
 * and later; a new key registers again.
 * @throws AppError when something is missing or contradictory.
 */
export function planRegistration(folder: GatewayFolder, { server, keyFile }: RegistrationOptions): RegistrationPlan {
  const identity = readIdentity(folder);
  const registrationKey = keyFile === null ? null : readKey(keyFile, identity !== null);
  const isNew = registrationKey !== null && digestOf(registrationKey) !== identity?.keyDigest;
  if (identity !== null && !isNew) {
    if (server === null || server === identity.server) return { kind: 'registered', identity };
    throw registeredElsewhere(identity, server);
  }
  const at = server ?? identity?.server ?? null;
  if (registrationKey === null || at === null) throw notRegistered(folder);
  return { kind: 'register', server: at, registrationKey };
}

/** Registers with the key and stores the identity that the server answers. */
export async function register(
  of: { readonly folder: GatewayFolder; readonly keys: GatewayKeys; readonly client: ServerClient; readonly server: string },
  request: Omit<RegisterRequest, 'signingKey' | 'encryptionKey'>,
  signal: AbortSignal,
): Promise<GatewayIdentity> {
  const { folder, keys, client, server } = of;
  const wanted = { ...request, signingKey: keys.signing.publicKey, encryptionKey: keys.encryption.publicKey };
  const { gatewayId, name } = await client.register(wanted, signal);
  const identity = { server, gatewayId, name, keyDigest: digestOf(request.registrationKey) };
  folder.write(FILE, identity);
  return identity;
}

/** Null: the file does not exist, which is expected after the registration. */
function readKey(file: string, isRegistered: boolean): string | null {
  try {
    const key = readFileSync(file, 'utf8').trim();
    return key === '' ? null : key;
  } catch (cause) {
    if (isRegistered) return null;
    throw new AppError(
      {
        code: 'gateway-key-unknown',
        title: `The gateway cannot read the registration key from ${file} (${(cause as NodeJS.ErrnoException).code}).`,
        remedy: 'Save the key from the page Data gateways in this file, and give the user of the gateway read access to it.',
        fixer: 'operator',
      },
      { cause },
    );
  }
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

function notRegistered({ path }: GatewayFolder): AppError {
  return new AppError({
    code: 'gateway-not-registered',
    title: `The gateway of the data folder ${path} is not registered yet.`,
    remedy: 'Create a gateway on the page Data gateways, and start this one with --server URL --key-file FILE as shown there.',
    fixer: 'operator',
  });
}

function registeredElsewhere({ server }: GatewayIdentity, wanted: string): ConflictError {
  return new ConflictError({
    code: 'gateway-folder-taken',
    title: `This data folder belongs to a gateway of the server ${server}, not of ${wanted}.`,
    remedy:
      'Set another folder for the gateway with ENTRADA_GATEWAY_DATA_DIR, or register this gateway again with a key from the other server.',
    fixer: 'operator',
  });
}
