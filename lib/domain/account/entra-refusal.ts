import type { Problem } from '#lib/domain/problem.ts';

/** Why a person who signed in at Microsoft Entra ID is refused; sent in the query of the sign-in page. */
export type EntraRefusal =
  | 'token-refused'
  | 'claims-missing'
  | 'other-tenant'
  | 'guest'
  | 'not-allowed'
  | 'groups-left-out'
  | 'no-role'
  | 'no-account'
  | 'address-taken'
  | 'disabled';

const PROBLEMS: Readonly<Record<EntraRefusal, Omit<Problem, 'code'>>> = {
  'token-refused': {
    title: 'Entrada could not verify the answer of Microsoft.',
    remedy: 'Try again. If the problem persists, ask the operator of Entrada: the log has the reason.',
    fixer: 'operator',
  },
  'claims-missing': {
    title: 'Microsoft did not send the object ID or the e-mail address of your account.',
    remedy:
      'Ask your tenant administrator to give the account a user principal name, and to allow the scopes profile and email in the app registration.',
    fixer: 'tenant-admin',
  },
  'other-tenant': {
    title: 'Your account belongs to a tenant that may not sign in to Entrada.',
    remedy: 'Sign in with an account of the tenant that the operator of Entrada has configured.',
    fixer: 'you',
  },
  guest: {
    title: 'You are a guest in this tenant, and guests may not sign in to Entrada.',
    remedy: 'The operator of Entrada can allow guests with ENTRADA_ENTRA_GUESTS=1.',
    fixer: 'operator',
  },
  'not-allowed': {
    title: 'You have none of the groups and app roles that may sign in to Entrada.',
    remedy:
      'Ask the operator of Entrada which groups and app roles may sign in, and your tenant administrator to assign one to you.',
    fixer: 'tenant-admin',
  },
  'groups-left-out': {
    title:
      'You are in too many groups for one token, so Microsoft did not send them. Entrada cannot check whether you may sign in.',
    remedy:
      'Ask your tenant administrator to set the groups claim of the app registration to "Groups assigned to the application", or to assign an app role to you.',
    fixer: 'tenant-admin',
  },
  'no-role': {
    title: 'No role rule of Entrada applies to you.',
    remedy:
      'Ask your tenant administrator for a group or app role that has a rule. Administrators of Entrada see the rules under Settings, People.',
    fixer: 'tenant-admin',
  },
  'no-account': {
    title: 'You signed in at Microsoft, but you have no account in Entrada.',
    remedy: 'Ask the operator of Entrada: ENTRADA_ENTRA_ALLOW sets who gets an account at the first sign-in.',
    fixer: 'operator',
  },
  'address-taken': {
    title: 'Another account of Entrada already has your e-mail address.',
    remedy: 'Sign in with the password of that account, or ask an administrator of Entrada.',
    fixer: 'operator',
  },
  disabled: {
    title: 'Your account in Entrada is disabled.',
    remedy: 'Ask an administrator of Entrada to enable it.',
    fixer: 'operator',
  },
};

const FAILED: Problem = {
  code: 'entra-sign-in-failed',
  title: 'The sign-in with Microsoft failed.',
  remedy: 'Try again. If the problem persists, ask the operator of Entrada: the log has the reason.',
  fixer: 'operator',
};

/** The problem to show on the sign-in page. @param error value of its query parameter `error`: one of Entrada's, or of the sign-in library. */
export function entraSignInProblem(error: string): Problem {
  return isRefusal(error) ? { code: `entra-${error}`, ...PROBLEMS[error] } : FAILED;
}

function isRefusal(error: string): error is EntraRefusal {
  return Object.hasOwn(PROBLEMS, error);
}
