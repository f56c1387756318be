import type { DatasetDefinition } from './dataset.ts';

/**
 * Collections whose rows Graph deletes by age: after 30 days, or 7 without a licence (Entra doc "Microsoft Entra data retention", sign-ins,
 * audits, provisioning, risk detections). Compared case-insensitively, as Graph compares paths.
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

/** Their entity types, for the same rows under another path. */
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

/** Explanation of logs in landed tables, on pages and runs. */
export const LOG_ROWS_STAY = 'Landed rows of a log are kept, although Graph deletes its rows after 30 days.';

/** Explanation of logs in a lake, where each version is independent. */
export const LOG_VERSION =
  'In a data lake, each version of a log has only the rows that Graph still has: Graph deletes rows after 30 days.';

/**
 * Whether Graph deletes the rows of a dataset by their age: an absent row is then no delete, and landed rows are
 * kept. Decided by path and type, so that it holds for definitions of older versions and for child tables of a log.
 */
export function isLogDataset({ path, entityType }: Pick<DatasetDefinition, 'path' | 'entityType'>): boolean {
  const [plain = ''] = path.toLowerCase().split('?');
  return LOG_PATHS.has(plain.replace(/\/+$/, '')) || LOG_TYPES.has(entityType.toLowerCase());
}
