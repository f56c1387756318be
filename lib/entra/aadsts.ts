import type { Fixer } from '#lib/domain/problem.ts';

/** What an AADSTS code means to the person in the dialog. */
export interface AadstsEntry {
  readonly codes: readonly number[];
  readonly title: string;
  readonly remedy: string;
  readonly fixer: Fixer;
}

/**
 * AADSTS codes that occur in this dialog. Microsoft asks clients not to depend on them: they only improve the message, and for other codes
 * the message is Entra's own text.
 * @see Entra docs "Microsoft Entra authentication and authorization error codes"
 */
export const AADSTS: readonly AadstsEntry[] = [
  {
    codes: [700016],
    fixer: 'you',
    title: 'The Client ID does not exist in this tenant.',
    remedy: 'Copy "Application (client) ID" (not the Object ID) from the registration, and check the tenant.',
  },
  {
    codes: [7000215],
    fixer: 'you',
    title: 'Entra rejected the client secret.',
    remedy:
      "Paste the secret's Value, not its Secret ID. The Value is shown only once, right after it is made: if it is lost, create a new secret.",
  },
  {
    codes: [7000222],
    fixer: 'tenant-admin',
    title: 'The client secret has expired.',
    remedy: 'Create a new secret under Certificates & secrets of the registration, and paste its Value.',
  },
  {
    codes: [7000218, 900144],
    fixer: 'you',
    title: 'No client secret was sent.',
    remedy: 'Paste the Value of a client secret of the registration.',
  },
  {
    codes: [700027, 50027, 700021, 700023],
    fixer: 'tenant-admin',
    title: 'Entra does not know the certificate.',
    remedy: 'Upload it to the registration under Certificates & secrets, Certificates, wait a minute, and verify again.',
  },
  {
    codes: [700024],
    fixer: 'operator',
    title: "The client assertion is not valid now: this server's clock is wrong, or the certificate has expired.",
    remedy: "Set the server's clock, or create a new certificate.",
  },
  {
    codes: [7000229],
    fixer: 'tenant-admin',
    title: 'The application is not present in this tenant.',
    remedy: 'Ask a tenant administrator to open the admin consent link of the panel Preparing for authentication once.',
  },
  {
    codes: [700025],
    fixer: 'tenant-admin',
    title: 'The registration is a public client, which may not send a secret.',
    remedy: 'Register the redirect URI under the platform Web, not under Mobile and desktop applications.',
  },
  {
    codes: [9002327, 9002326],
    fixer: 'tenant-admin',
    title: 'The redirect URI is registered for a single-page application.',
    remedy: 'Move the redirect URI from Single-page application to the platform Web.',
  },
  {
    codes: [50011, 900971],
    fixer: 'tenant-admin',
    title: 'The redirect URI is not registered.',
    remedy:
      'Register exactly the redirect URI of the panel Preparing for authentication (upper and lower case and a slash at the end matter).',
  },
  {
    codes: [90002],
    fixer: 'you',
    title: 'The tenant was not found in this cloud.',
    remedy: 'Check the Tenant and the cloud of the Graph Base URL.',
  },
  {
    codes: [90038, 900382, 900432],
    fixer: 'you',
    title: 'This tenant belongs to another national cloud.',
    remedy: "Choose the Graph Base URL of the tenant's cloud.",
  },
  {
    codes: [50194],
    fixer: 'you',
    title: 'The registration is for one tenant only.',
    remedy:
      'Enter its Directory (tenant) ID, shown on the Overview page of the registration, as the Tenant; or make the registration multitenant.',
  },
  {
    codes: [50020, 50034, 51004, 16000, 500208],
    fixer: 'you',
    title: 'This account does not belong to the tenant.',
    remedy: 'Authenticate again and sign in with an account of the tenant.',
  },
  {
    codes: [50105],
    fixer: 'tenant-admin',
    title: 'This account is not assigned to the enterprise application.',
    remedy: 'Assign the person to the enterprise application, or turn "Assignment required" off.',
  },
  {
    codes: [65001],
    fixer: 'tenant-admin',
    title: 'Consent to the requested permissions is missing.',
    remedy:
      'Authenticate again and accept the permissions. If Microsoft asks for approval, send the admin consent link to the tenant administrator.',
  },
  {
    codes: [65004],
    fixer: 'you',
    title: 'Consent was declined at sign-in.',
    remedy: 'Authenticate again and accept the permissions.',
  },
  {
    codes: [90094, 90095, 90093],
    fixer: 'tenant-admin',
    title: 'An administrator has to approve this application.',
    remedy: 'Send the admin consent link of the panel Preparing for authentication to the tenant administrator.',
  },
  {
    codes: [650052, 650056, 650057, 65005, 500011],
    fixer: 'tenant-admin',
    title: 'The registration lacks a requested permission.',
    remedy: 'Add the Microsoft Graph permissions of the panel Preparing for authentication to the registration.',
  },
  {
    codes: [70011, 28002, 700022],
    fixer: 'operator',
    title: 'Entra refused the requested permissions.',
    remedy: 'Check that the Graph Base URL belongs to the cloud of the tenant.',
  },
  {
    codes: [70008, 700082, 70000, 50089],
    fixer: 'you',
    title: 'The authentication code or the session has expired.',
    remedy: 'A code is valid for about 10 minutes. Authenticate again.',
  },
  {
    codes: [54005],
    fixer: 'you',
    title: 'This authentication code was already used.',
    remedy: 'Authenticate again to get a new code.',
  },
  {
    codes: [501481, 50147],
    fixer: 'you',
    title: 'This authentication code belongs to another sign-in attempt.',
    remedy: 'Authenticate again from this dialog, and paste the code that this sign-in shows.',
  },
  {
    codes: [700005],
    fixer: 'you',
    title: 'This authentication code belongs to another tenant.',
    remedy: 'Check the Tenant, then authenticate again from this dialog.',
  },
  {
    codes: [9002313, 90014, 9000410],
    fixer: 'you',
    title: 'The authentication code looks cut off or changed.',
    remedy: 'Copy the whole code with the Copy button of the page that showed it.',
  },
  {
    codes: [50076, 50079, 50072, 50074, 50078],
    fixer: 'you',
    title: 'Entra asks for multi-factor authentication.',
    remedy: 'Authenticate again and complete the second factor.',
  },
  {
    codes: [53000, 53001, 53002, 53003, 53004, 530032, 530035, 50005, 50131],
    fixer: 'tenant-admin',
    title: 'Conditional Access blocked the sign-in.',
    remedy: 'Give the correlation ID to the tenant administrator, who sees in the sign-in log which policy it was.',
  },
  {
    codes: [50173, 50132, 50133, 70043, 700084],
    fixer: 'you',
    title: 'The sign-in was revoked or has ended.',
    remedy: 'Authenticate the connection again.',
  },
  {
    codes: [50053, 50055, 50057, 50126],
    fixer: 'you',
    title: 'Entra refused this account.',
    remedy:
      'The account is locked or disabled, or its password is wrong or expired. Sign in to another Microsoft page with it to see the reason.',
  },
  {
    codes: [7000112, 70001, 1000031],
    fixer: 'tenant-admin',
    title: 'The application is disabled in this tenant.',
    remedy: 'Enable the app registration or the enterprise application.',
  },
  {
    codes: [50196],
    fixer: 'operator',
    title: 'Entra received too many identical requests.',
    remedy: 'Wait a few minutes and try again.',
  },
  {
    codes: [90033, 90006, 50033, 90055, 90024],
    fixer: 'you',
    title: 'Entra is temporarily unavailable.',
    remedy: 'Try again in a minute.',
  },
];

const BY_CODE = new Map(AADSTS.flatMap((entry) => entry.codes.map((code) => [code, entry] as const)));

/** Codes of transient failures: a retry may succeed. */
export const TRANSIENT_AADSTS: ReadonlySet<number> = new Set([90033, 90006, 50033, 90055, 90024, 50196]);

/** Codes that refuse the client credential: with another secret or certificate the saved sign-in works again. */
export const CREDENTIAL_AADSTS: ReadonlySet<number> = new Set([7000215, 7000222, 700027, 50027, 700021, 700023]);

export function findAadsts(code: number): AadstsEntry | null {
  return BY_CODE.get(code) ?? null;
}
