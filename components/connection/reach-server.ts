import type { ActionResult } from '#lib/domain/problem.ts';

/** Result of an action, or a problem when the server could not be reached (it restarts, the network is down). */
export async function reachServer<T>(answer: Promise<ActionResult<T>>): Promise<ActionResult<T>> {
  try {
    return await answer;
  } catch {
    return {
      ok: false,
      problem: {
        code: 'server-unreachable',
        title: 'Entrada did not answer.',
        remedy: 'Check that it is running, then try again.',
        fixer: 'you',
      },
    };
  }
}
