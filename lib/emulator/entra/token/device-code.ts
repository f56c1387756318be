import { randomBytes, randomInt } from 'node:crypto';
import type { EmulatedApp } from '#lib/emulator/entra/registration/apps.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { consentDeclined, OauthError } from './oauth-error.ts';

/** Lifetime of a code and poll interval of the device (Entra doc "OAuth 2.0 device authorization grant"). */
const LIFE_SECONDS = 900;
const INTERVAL_SECONDS = 5;
/** Tolerance for early polls: timers and networks are not exact. */
const EARLY_MS = 500;
/** Consonants and digits that are not easily confused (RFC 8628 section 6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789';
const USER_CODE_LENGTH = 9;

export const DEVICE_GRANTS: ReadonlySet<string> = new Set(['urn:ietf:params:oauth:grant-type:device_code', 'device_code']);

/** A device that waits for a sign-in. */
export interface WaitingDevice {
  readonly userCode: string;
  readonly clientId: string;
  /** First segment of the path that the device used. */
  readonly tenant: string;
  readonly scope: string;
}

/** A person's decision about a device. */
export interface DeviceApproval extends WaitingDevice {
  readonly userId: string;
  readonly signedInMs: number;
}

/** Waiting devices, in memory: a code is valid for a quarter of an hour, and after a restart people have to start again. */
export interface DeviceCodes {
  /** Registers a device; returns the answer of the devicecode endpoint. */
  begin(device: Omit<WaitingDevice, 'userCode'>, verificationUri: string): object;
  /** The device with this code, as entered by a person; null when unknown or expired. */
  find(userCode: string): WaitingDevice | null;
  approve(userCode: string, userId: string, signedInMs: number): void;
  decline(userCode: string): void;
  /**
   * Answers a device's poll for tokens; a code is valid for one answer.
   * @throws OauthError 70016 authorization_pending or slow_down, 65004 authorization_declined, 70019 expired_token, 70018 bad_verification_code
   */
  redeem(deviceCode: string, app: EmulatedApp): DeviceApproval;
}

interface Entry extends WaitingDevice {
  readonly expiresMs: number;
  state: 'waiting' | 'declined' | { readonly userId: string; readonly signedInMs: number };
  askedMs: number | null;
}

export function createDeviceCodes(clock: Clock): DeviceCodes {
  const entries = new Map<string, Entry>();
  const now = (): number => clock.now().getTime();
  const byUserCode = (typed: string): Entry | null => {
    const code = typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
    return [...entries.values()].find(({ userCode, expiresMs }) => userCode === code && now() < expiresMs) ?? null;
  };
  const decide = (userCode: string, state: Entry['state']): void => {
    const entry = byUserCode(userCode);
    if (entry !== null) entry.state = state;
  };
  return {
    begin(device, verificationUri) {
      // Expired codes are kept for the same time again, to be answered with expired_token.
      for (const [code, { expiresMs }] of entries) if (expiresMs + LIFE_SECONDS * 1000 < now()) entries.delete(code);
      const userCode = Array.from({ length: USER_CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
      const deviceCode = randomBytes(120).toString('base64url');
      entries.set(deviceCode, { ...device, userCode, expiresMs: now() + LIFE_SECONDS * 1000, state: 'waiting', askedMs: null });
      return {
        user_code: userCode,
        device_code: deviceCode,
        verification_uri: verificationUri,
        expires_in: LIFE_SECONDS,
        interval: INTERVAL_SECONDS,
        message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
      };
    },
    find: byUserCode,
    approve: (userCode, userId, signedInMs) => decide(userCode, { userId, signedInMs }),
    decline: (userCode) => decide(userCode, 'declined'),
    redeem(deviceCode, app) {
      const entry = entries.get(deviceCode);
      if (entry === undefined || entry.clientId !== app.clientId) throw new OauthError(70018, 'Invalid verification code.');
      const asked = entry.askedMs;
      entry.askedMs = now();
      if (now() >= entry.expiresMs) throw new OauthError(70019, 'Verification code expired. Have the user retry the sign-in.');
      if (entry.state === 'declined') throw consentDeclined({ error: 'authorization_declined' });
      if (entry.state === 'waiting') {
        const soon = asked !== null && now() - asked < INTERVAL_SECONDS * 1000 - EARLY_MS;
        const text = 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.';
        throw new OauthError(70016, text, soon ? { error: 'slow_down' } : {});
      }
      entries.delete(deviceCode);
      return { ...entry, ...entry.state };
    },
  };
}
