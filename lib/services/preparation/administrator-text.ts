import type { PermissionAdvice, SignInMethod } from '#lib/domain/connection/connection.ts';

/** A text for the tenant administrator, ready to send: the application, the permissions and reasons, and the consent link. */
export function administratorText(wanted: {
  readonly permissions: readonly PermissionAdvice[];
  readonly signIn: SignInMethod;
  readonly clientId: string | null;
  readonly consentUrl: string | null;
  readonly baseUrl: string;
}): string {
  const { permissions, signIn, clientId, consentUrl, baseUrl } = wanted;
  const kind = signIn === 'app-only' ? 'application' : 'delegated';
  const width = Math.max(...permissions.map(({ name }) => name.length));
  return [
    'Hello,',
    '',
    `we read our Microsoft Entra ID directory with Entrada, which runs on our own machines (${baseUrl}).`,
    `Entrada only reads. Please grant its app registration${clientId === null || clientId === '' ? '' : ` (Client ID ${clientId})`} these ${kind} permissions of Microsoft Graph:`,
    '',
    ...permissions.map(
      ({ name, datasets, optional }) =>
        `  ${name.padEnd(width)}  ${purpose(datasets)}${optional === true ? ' completely (optional)' : ''}`,
    ),
    '',
    ...(consentUrl === null
      ? [
          'In the Microsoft Entra admin center, open App registrations, the registration, API permissions, and choose Grant admin consent.',
        ]
      : ['This link shows the permissions and grants them:', '', consentUrl]),
    '',
    signIn === 'app-only'
      ? 'The application signs in without a person, so these permissions apply to the whole directory.'
      : 'The permissions are delegated: the application can read only what the person who signs in can read.',
    'You can revoke the permissions at any time under Enterprise applications.',
    '',
  ].join('\n');
}

const DATASETS_NAMED = 4;

function purpose(datasets: readonly string[]): string {
  if (datasets.length === 0) return 'to sign in';
  const named = datasets.slice(0, DATASETS_NAMED).join(', ');
  const more = datasets.length - DATASETS_NAMED;
  return `to read ${named}${more > 0 ? ` and ${more} more` : ''}`;
}
