import 'server-only';
import type { SignInAttempts } from '#lib/auth/password/attempts.ts';
import type { SessionSettings } from '#lib/auth/session/session.ts';
import type { HubRequestContext } from '#lib/gateway/hub/hub-context.ts';
import type { RefusalLog } from '#lib/gateway/hub/refusal-log.ts';
import type { Env } from '#lib/platform/config/env.ts';
import type { Context } from '#lib/services/context.ts';

/** Everything that requests need besides the actor. */
export interface Composition {
  readonly services: Omit<Context, 'actor'>;
  readonly session: SessionSettings;
  readonly attempts: SignInAttempts;
  readonly env: Env;
  /** The server's side of the data gateway protocol. */
  readonly gateways: { readonly hub: HubRequestContext; readonly refusals: RefusalLog };
}

/** Where bin/commands/web.ts puts the composition of the process. */
export interface CompositionHolder {
  entradaComposition?: Composition;
}

/**
 * The composition of this process, which `bin/launcher/web/compose.ts` makes before the server listens. Next.js loads each route handler as a
 * bundle of its own: what is made outside of them (executor, targets, database client) is in memory once. This module imports types only, so
 * that no bundle contains them.
 */
export function composition(): Composition {
  const { entradaComposition } = globalThis as CompositionHolder;
  if (entradaComposition === undefined) throw new Error('No composition in this process: start it with bin/commands/web.ts.');
  return entradaComposition;
}
