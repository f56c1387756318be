import type { TargetCheck } from '#lib/domain/target/target.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isConnectionLost } from './database-problems.ts';

/** The check of a test whose connection failed. @param remedy null: that of the problem, or the one for any server. */
export function failedToConnect(error: unknown, remedy: string | null = null): TargetCheck {
  const problem = error instanceof AppError && !isConnectionLost(error) ? error.problem : null;
  const cause = isConnectionLost(error) && error instanceof AppError ? error.cause : error;
  return {
    ...{ name: 'connect', title: 'Sign-in', passed: false },
    // Messages of the driver, of TLS and of the network explain a wrong certificate or port; they contain no secret.
    detail: problem === null ? errorText(cause) : problem.title,
    remedy:
      remedy ??
      problem?.remedy ??
      'Check the host, the port and TLS, that the server is running, and that the firewall allows this machine.',
  };
}

/** When several addresses failed, Node's error has no message of its own. */
function errorText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorText).join(', ');
  return error instanceof Error ? error.message : String(error);
}
