import table from './graph-permissions.json' with { type: 'json' };

/** A permission of Microsoft Graph, with its texts for a consent page. */
export interface GraphPermission {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Whether the delegated permission needs an administrator's consent. */
  readonly adminConsent: boolean;
  readonly delegated: boolean;
  /** Whether it is also an application permission (app role). */
  readonly application: boolean;
}

/**
 * OpenID Connect scopes of v2.0; they belong to no resource.
 * @see entra-docs identity-platform/scopes-oidc
 */
export const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;
export type OidcScope = (typeof OIDC_SCOPES)[number];

const OIDC_TEXTS: Readonly<Record<OidcScope, readonly [title: string, description: string]>> = {
  openid: ['Sign you in', 'Allows you to sign in to the app with your work or school account.'],
  profile: ['View your basic profile', 'Allows the app to see your basic profile (name, user name).'],
  email: ['View your email address', 'Allows the app to read your primary email address.'],
  offline_access: [
    'Maintain access to data you have given it access to',
    'Allows the app to see and update the data you gave it access to, even when you are not using the app.',
  ],
};

/**
 * Delegated and application permissions of the tenant, by lower-case name (scope names are case-insensitive).
 * From Microsoft's permission list (microsoft-graph-devx-content, permissions/new/permissions.json): read permissions
 * and frequent write permissions.
 */
const PERMISSIONS: ReadonlyMap<string, GraphPermission> = new Map(
  Object.entries(table).map(([name, row]) => [
    name.toLowerCase(),
    {
      name,
      title: row.title,
      description: row.description,
      adminConsent: row.admin,
      delegated: row.delegated,
      application: row.application,
    },
  ]),
);

/** The permission `name`, case-insensitively; null when Graph has none. */
export function findPermission(name: string): GraphPermission | null {
  return PERMISSIONS.get(name.toLowerCase()) ?? null;
}

/** `name` as an OpenID Connect scope, or null. */
export function toOidcScope(name: string): OidcScope | null {
  const lower = name.toLowerCase();
  return OIDC_SCOPES.find((scope) => scope === lower) ?? null;
}

/** Text of a consent page about a Graph permission or an OpenID Connect scope. */
export function describeScope(name: string): {
  readonly title: string;
  readonly description: string;
  readonly adminConsent: boolean;
} {
  const oidc = toOidcScope(name);
  if (oidc !== null) {
    const [title, description] = OIDC_TEXTS[oidc];
    return { title, description, adminConsent: false };
  }
  const permission = findPermission(name);
  return permission ?? { title: name, description: '', adminConsent: true };
}

/** Delegated permissions that a connector needs to read the whole directory; the demo app has admin consent for them. */
export const READ_EVERYTHING: readonly string[] = [
  'User.Read',
  'User.Read.All',
  'User.ReadBasic.All',
  'Group.Read.All',
  'GroupMember.Read.All',
  'Member.Read.Hidden',
  'Application.Read.All',
  'Directory.Read.All',
  'Device.Read.All',
  'AdministrativeUnit.Read.All',
  'RoleManagement.Read.Directory',
  'RoleEligibilitySchedule.Read.Directory',
  'RoleAssignmentSchedule.Read.Directory',
  'Organization.Read.All',
  'Domain.Read.All',
  'LicenseAssignment.Read.All',
  'OrgContact.Read.All',
  'AuditLog.Read.All',
  'ProvisioningLog.Read.All',
  'Policy.Read.All',
  'IdentityProvider.Read.All',
  'IdentityRiskyUser.Read.All',
  'IdentityRiskEvent.Read.All',
  'IdentityRiskyServicePrincipal.Read.All',
  'UserAuthenticationMethod.Read.All',
  'AccessReview.Read.All',
  'EntitlementManagement.Read.All',
  'Agreement.Read.All',
  'CustomSecAttributeAssignment.Read.All',
  'CustomSecAttributeDefinition.Read.All',
  'AuthenticationContext.Read.All',
  'ConsentRequest.Read.All',
  'DeviceLocalCredential.ReadBasic.All',
  'Domain-InternalFederation.Read.All',
  'GroupSettings.Read.All',
  'IdentityUserFlow.Read.All',
  'LifecycleWorkflows-Workflow.ReadBasic.All',
  'MultiTenantOrganization.ReadBasic.All',
  'OnPremDirectorySynchronization.Read.All',
  'PeopleSettings.Read.All',
  'Policy.Read.AuthenticationMethod',
  'Policy.Read.DeviceConfiguration',
  'Policy.Read.HybridAuthentication',
  'Policy.Read.PermissionGrant',
  'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.Directory',
  'Synchronization.Read.All',
  'UserAuthMethod-Passkey.Read.All',
];
