import type { Problem } from '#lib/domain/problem.ts';

/** Why an identity got no token, as Entra said it, and what a person can do. Contains no token or secret. @param purpose `the database` */
export function refusalOfEntra(error: Error, purpose: string): Pick<Problem, 'title' | 'remedy'> {
  const said = /AADSTS\d+:[^.\r\n]*/.exec(error.message)?.[0];
  return {
    title: said === undefined ? `Entrada got no token for ${purpose}.` : `Entra refused the sign-in: ${said}.`,
    remedy:
      'Check the tenant, the client ID and the secret or certificate in the target. For a managed identity, check that this machine has one.',
  };
}
