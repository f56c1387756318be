import type { DatasetDefinition } from './dataset.ts';

/**
 * Collections that Graph forgets after a while: 30 days, 7 without a licence (Entra doc "Microsoft Entra data retention", sign-ins, audits,
 * provisioning, risk detections). Compared without case, as Graph reads paths.
 */
const LOG_PATHS: ReadonlySet<string> = new Set(
  [
    '/auditLogs/signIns',
    '/auditLogs/directoryAudits',
    '/auditLogs/provisioning',
    '/auditLogs/directoryProvisioning',
    '/auditLogs/signUps',
    '/auditLogs/customSecurityAttributeAudits',
    '/identityProtection/riskDetections',
    '/identityProtection/servicePrincipalRiskDetections',
    '/identityProtection/riskyUsers/{id}/history',
    '/identityProtection/riskyServicePrincipals/{id}/history',
    '/deviceManagement/auditEvents',
    '/directory/provisioningLogs',
  ].map((path) => path.toLowerCase()),
);

/** Their types, for the same rows under another path. */
const LOG_TYPES: ReadonlySet<string> = new Set(
  [
    'signIn',
    'directoryAudit',
    'provisioningObjectSummary',
    'selfServiceSignUp',
    'customSecurityAttributeAudit',
    'riskDetection',
    'servicePrincipalRiskDetection',
    'riskyUserHistoryItem',
    'riskyServicePrincipalHistoryItem',
    'auditEvent',
  ].map((name) => `microsoft.graph.${name}`.toLowerCase()),
);

/** What pages and runs say of a log that is landed in tables. */
export const LOG_ROWS_STAY = 'Rows of a log are never deleted: Graph forgets them after 30 days.';

/** The same of a lake, whose versions stand each by itself. */
export const LOG_VERSION =
  'In a data lake each version of a log has what Graph has at that moment: Graph forgets rows after 30 days.';

/**
 * Whether the rows of a dataset are events that leave Graph by their age: that a row is absent then says nothing, and landed rows are never
 * deleted for it. Decided by path and type, so that definitions of older versions count too, and child tables of a log as well.
 */
export function isLog({ path, entityType }: Pick<DatasetDefinition, 'path' | 'entityType'>): boolean {
  const [plain = ''] = path.toLowerCase().split('?');
  return LOG_PATHS.has(plain.replace(/\/+$/, '')) || LOG_TYPES.has(entityType.toLowerCase());
}
