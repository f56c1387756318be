import { expect, test } from 'vitest';
import { isLogDataset } from './log-dataset.ts';

test.each([
  ['/auditLogs/signIns', 'microsoft.graph.signIn'],
  ['/auditlogs/directoryaudits', 'microsoft.graph.directoryAudit'],
  ['/auditLogs/provisioning', 'microsoft.graph.provisioningObjectSummary'],
  ['/identityProtection/riskDetections', 'microsoft.graph.riskDetection'],
  ['/identityProtection/servicePrincipalRiskDetections/', 'microsoft.graph.servicePrincipalRiskDetection'],
  ['/auditLogs/signIns?source=sp', 'anything'],
  ['/beta/elsewhere', 'microsoft.graph.signIn'],
])('%s of %s is a log', (path, entityType) => {
  expect(isLogDataset({ path, entityType })).toBe(true);
});

test.each([
  ['/users', 'microsoft.graph.user'],
  ['/identityProtection/riskyUsers', 'microsoft.graph.riskyUser'],
  ['/groups/{id}/members', 'microsoft.graph.directoryObject'],
])('%s is none', (path, entityType) => {
  expect(isLogDataset({ path, entityType })).toBe(false);
});
