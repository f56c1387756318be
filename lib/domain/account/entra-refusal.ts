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
    title: 'What Microsoft answered could not be trusted.',
    remedy: 'Try again. If the problem persists, the operator of Entrada finds the reason in its log.',
    fixer: 'operator',
  },
  'claims-missing': {
    title: 'Microsoft did not say who you are: your object id, or your e-mail address.',
    remedy: 'Give the account a user principal name, and let the app registration ask for the scopes profile and email.',
    fixer: 'tenant-admin',
  },
  'other-tenant': {
    title: 'Your account belongs to another tenant than the one that Entrada lets in.',
    remedy: 'Sign in with an account of the tenant that the operator of Entrada has set.',
    fixer: 'you',
  },
  guest: {
    title: 'You are a guest of this tenant, and Entrada does not let guests in.',
    remedy: 'The operator of Entrada can let guests in with ENTRADA_ENTRA_GUESTS=1.',
    fixer: 'operator',
  },
  'not-allowed': {
    title: 'You are in none of the groups and app roles that Entrada lets in.',
    remedy: 'Ask an administrator of your tenant for one of them; the operator of Entrada knows which.',
    fixer: 'tenant-admin',
  },
  'groups-left-out': {
    title: 'You are in too many groups: Microsoft left them out, so Entrada cannot see whether you may come in.',
    remedy: 'Let the app registration give only the groups that are assigned to it, or use an app role.',
    fixer: 'tenant-admin',
  },
  'no-role': {
    title: 'No rule of Entrada gives you a role.',
    remedy:
      'Ask an administrator of your tenant for one of the groups or app roles that have a rule; an administrator of Entrada finds them under Settings, People.',
    fixer: 'tenant-admin',
  },
  'no-account': {
    title: 'Microsoft let you in, but you have no account in Entrada.',
    remedy: 'The operator of Entrada says with ENTRADA_ENTRA_ALLOW who gets one by signing in.',
    fixer: 'operator',
  },
  'address-taken': {
    title: 'Another account of Entrada has your e-mail address already.',
    remedy: 'Sign in with its password, or ask an administrator of Entrada.',
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
  title: 'Signing in with Microsoft did not work.',
  remedy: 'Try again. If the problem persists, the operator of Entrada finds the reason in its log.',
  fixer: 'operator',
};

/** The problem to show on the sign-in page. @param error value of its query parameter `error`: one of Entrada's, or of the sign-in library. */
export function entraSignInProblem(error: string): Problem {
  return isRefusal(error) ? { code: `entra-${error}`, ...PROBLEMS[error] } : FAILED;
}

function isRefusal(error: string): error is EntraRefusal {
  return Object.hasOwn(PROBLEMS, error);
}
