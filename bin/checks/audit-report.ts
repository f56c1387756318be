import { z } from 'zod';

const Severity = z.enum(['info', 'low', 'moderate', 'high', 'critical']);
/** Output of `npm audit --json`; without `vulnerabilities` it is an error of the registry. */
const Report = z.object({ vulnerabilities: z.record(z.string(), z.object({ severity: Severity, range: z.string() })) });

export interface AuditVerdict {
  readonly passed: boolean;
  readonly message: string;
}

/** Fails when a runtime dependency has an advisory of severity high or critical. Passes with a notice when the registry has no advisories. */
export function evaluateAudit(output: string): AuditVerdict {
  const report = Report.safeParse(parse(output));
  if (!report.success) return { passed: true, message: 'The registry answered no advisories: nothing was checked.' };
  const found = Object.entries(report.data.vulnerabilities).filter(([, { severity }]) => ['high', 'critical'].includes(severity));
  if (found.length === 0) return { passed: true, message: 'No runtime dependency has an advisory of severity high or critical.' };
  const lines = found.map(([name, { severity, range }]) => `${name} ${range}: ${severity}`);
  return { passed: false, message: `Runtime dependencies with advisories (npm audit says more):\n${lines.join('\n')}` };
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return null;
  }
}
