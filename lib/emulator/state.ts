import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Replaces a file atomically; only the owner may read it. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Keys that survive a restart, so that tokens, refresh tokens and browser sessions stay valid. */
export interface EmulatorKeys {
  /** RSA key that signs tokens. */
  readonly signing: KeyObject;
  /** 32 bytes that encrypt codes, refresh tokens and cookies. */
  readonly sealing: Uint8Array;
  /** Bearer token of the admin endpoints. */
  readonly adminToken: string;
}

const KeysFile = z.object({ signing: z.string(), sealing: z.string(), adminToken: z.string() });

/** Reads `<dir>/keys.json`, or creates it (0600) with its folder. */
export function openKeys(dir: string): EmulatorKeys {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'keys.json');
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const fresh: z.infer<typeof KeysFile> = {
      signing: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      sealing: randomBytes(32).toString('base64'),
      adminToken: randomBytes(24).toString('base64url'),
    };
    writePrivateFile(path, JSON.stringify(fresh, null, 2));
  }
  const file = KeysFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  return { signing: createPrivateKey(file.signing), sealing: Buffer.from(file.sealing, 'base64'), adminToken: file.adminToken };
}

const EntraFile = z.object({
  /** Client id -> user id (or EVERYONE) -> delegated permissions and OpenID scopes with consent. */
  consents: z.record(z.string(), z.record(z.string(), z.array(z.string()))).default({}),
  /** User id (or EVERYONE) -> time in ms; earlier refresh tokens are invalid. */
  revocations: z.record(z.string(), z.number()).default({}),
  /** Code id -> time in ms until which its use has to be stored. */
  usedCodes: z.record(z.string(), z.number()).default({}),
  /** Client id -> public certificates, PEM. */
  certificates: z.record(z.string(), z.array(z.string())).default({}),
});

/** Represents every user of the tenant in consents and revocations. */
export const EVERYONE = '*';

/** Stored state of the Entra half; every change is on disk when the method returns. */
export interface EntraState {
  /** Permissions with consent by this user, or by an administrator for everyone. */
  consentedTo(clientId: string, userId: string): readonly string[];
  consent(clientId: string, userId: string, names: readonly string[]): void;
  /** Removes consents that were given in this emulator (not those of the registration itself). */
  withdrawConsents(clientId: string): void;
  /** True the first time, false for a code that was redeemed before. `expiresMs`: until when the use has to be stored. */
  redeemCode(codeId: string, expiresMs: number, nowMs: number): boolean;
  revoke(userId: string, nowMs: number): void;
  /** Public certificates of the registration, PEM. */
  certificatesOf(clientId: string): readonly string[];
  addCertificate(clientId: string, pem: string): void;
  /** Time in ms of the last revocation for this user, 0 if none. */
  revokedAt(userId: string): number;
}

/** Opens `<dir>/entra.json`; a missing file is an empty state. */
export function openEntraState(dir: string): EntraState {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'entra.json');
  const state = EntraFile.parse(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {});
  const save = () => writePrivateFile(path, JSON.stringify(state));
  return {
    consentedTo: (clientId, userId) => {
      const byUser = state.consents[clientId] ?? {};
      return [...(byUser[EVERYONE] ?? []), ...(byUser[userId] ?? [])];
    },
    consent: (clientId, userId, names) => {
      const byUser = state.consents[clientId] ?? {};
      byUser[userId] = [...new Set([...(byUser[userId] ?? []), ...names])];
      state.consents[clientId] = byUser;
      save();
    },
    withdrawConsents: (clientId) => {
      delete state.consents[clientId];
      save();
    },
    redeemCode: (codeId, expiresMs, nowMs) => {
      if (state.usedCodes[codeId] !== undefined) return false;
      for (const [id, until] of Object.entries(state.usedCodes)) if (until < nowMs) delete state.usedCodes[id];
      state.usedCodes[codeId] = expiresMs;
      save();
      return true;
    },
    revoke: (userId, nowMs) => {
      state.revocations[userId] = nowMs;
      save();
    },
    certificatesOf: (clientId) => state.certificates[clientId] ?? [],
    addCertificate: (clientId, pem) => {
      state.certificates[clientId] = [...(state.certificates[clientId] ?? []), pem];
      save();
    },
    revokedAt: (userId) => Math.max(state.revocations[EVERYONE] ?? 0, state.revocations[userId] ?? 0),
  };
}
