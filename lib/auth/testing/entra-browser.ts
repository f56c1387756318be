import { Auth, type AuthConfig, skipCSRFCheck } from '@auth/core';
import { Agent, fetch } from 'undici';
import { type AuthDeps, createAuthConfig, ENTRA_PROVIDER_ID } from '../auth-config.ts';

export const APP_ORIGIN = 'http://localhost:3000';
export const REDIRECT_URI = `${APP_ORIGIN}/api/auth/callback/${ENTRA_PROVIDER_ID}`;

/** Result of a sign-in in a browser. */
export interface SignInEnd {
  /** Path of the last redirect, e.g. `/sign-in?error=guest`. */
  readonly path: string;
  /** Cookie header of the browser afterwards. */
  readonly cookie: string;
  /** `Set-Cookie` headers of the app's last answer. */
  readonly setCookies: readonly string[];
}

/** An answer of the app or of the issuer. */
interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null; getSetCookie(): string[] };
}

/** Cookies of one origin by name; ignores path and expiry. */
class Jar {
  readonly #values = new Map<string, string>();

  take<A extends Answer>(answer: A): A {
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#values.delete(name);
      else this.#values.set(name, value);
    }
    return answer;
  }

  get header(): string {
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/**
 * Signs `login` in by the HTTP requests of a browser: from the button through the issuer's form back to the app.
 * @param options.caPem the certificate authority of the issuer, which the client trusts
 */
export async function signInByEntra(
  deps: AuthDeps,
  options: { readonly login: string; readonly caPem: string; readonly params?: Readonly<Record<string, string>> },
): Promise<SignInEnd> {
  const config = configOf(deps);
  const own = new Jar();
  const ask = async (url: string, init: RequestInit = {}) =>
    own.take(await Auth(new Request(url, { ...init, headers: { cookie: own.header } }), config));
  const query = new URLSearchParams(options.params);
  const started = await ask(`${APP_ORIGIN}/api/auth/signin/${ENTRA_PROVIDER_ID}?${query}`, {
    method: 'POST',
    body: new URLSearchParams({ callbackUrl: '/connections' }),
  });
  const back = await signInAtIssuer(locationOf(started), options);
  const answer = await ask(back);
  const { pathname, search } = new URL(locationOf(answer), APP_ORIGIN);
  return { path: `${pathname}${search}`, cookie: own.header, setCookies: answer.headers.getSetCookie() };
}

/** Completes the issuer's form; resolves with the app URL that it redirects to. */
async function signInAtIssuer(start: string, { login, caPem }: { login: string; caPem: string }): Promise<string> {
  const jar = new Jar();
  const { origin } = new URL(start);
  const dispatcher = new Agent({ connect: { ca: caPem } });
  const ask = async (url: string, form?: Record<string, string>) => {
    const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
    return jar.take(
      await fetch(new URL(url, origin), { ...body, headers: { cookie: jar.header }, redirect: 'manual', dispatcher }),
    );
  };
  const form = locationOf(await ask(start));
  const action = /action="([^"]+)"/.exec(await (await ask(form)).text())?.[1] ?? '';
  const resumed = locationOf(await ask(action, { prompt: 'login', login, password: 'x' }));
  const back = locationOf(await ask(resumed));
  await dispatcher.close();
  return back;
}

function locationOf(answer: Answer): string {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`${answer.status} leads nowhere`);
  return location;
}

/** Presses Sign out with these cookies. */
export async function signOut(deps: AuthDeps, cookie: string): Promise<void> {
  const config = configOf(deps);
  await Auth(
    new Request(`${APP_ORIGIN}/api/auth/signout`, { method: 'POST', headers: { cookie }, body: new URLSearchParams() }),
    config,
  );
}

/** The app's configuration without CSRF check, which is part of the library. */
function configOf(deps: AuthDeps): AuthConfig {
  const unchecked: Pick<AuthConfig, 'skipCSRFCheck'> = { skipCSRFCheck };
  return { ...createAuthConfig(deps), ...unchecked, basePath: '/api/auth' };
}
