import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const DEVICE_DAYS = 180;
export const DEVICE_COOKIE_SECONDS = DEVICE_DAYS * 86_400;
const DEVICE_ID_BYTES = 16;

export function deviceCookieName(secure: boolean): string {
  return `${secure ? '__Host-' : ''}entrada.device`;
}

/**
 * A cookie for a browser that has signed in to an account: `<id>.<account>.<HMAC>`. It grants no access. With it,
 * failed sign-ins from other browsers do not delay this one (OWASP "Slow Down Online Guessing Attacks with Device Cookies").
 */
export function makeDeviceCookie(userId: string, secret: string): string {
  const id = randomBytes(DEVICE_ID_BYTES).toString('base64url');
  return `${id}.${userId}.${seal(`${id}.${userId}`, secret)}`;
}

/** Id of the browser when the cookie has a valid HMAC and belongs to this account; else null. */
export function readDeviceCookie(value: string | undefined, userId: string, secret: string): string | null {
  const [id = '', user = '', sealed = ''] = value?.split('.') ?? [];
  if (user !== userId) return null;
  const given = Buffer.from(sealed);
  const right = Buffer.from(seal(`${id}.${user}`, secret));
  return given.length === right.length && timingSafeEqual(given, right) ? id : null;
}

function seal(text: string, secret: string): string {
  return createHmac('sha256', secret).update(`entrada:device:${text}`).digest('base64url');
}
