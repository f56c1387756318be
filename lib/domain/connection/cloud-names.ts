/** Names of Microsoft's clouds in catalogue entries. Other clouds are defined by the operator; the catalogue makes no statement about them. */
export const MICROSOFT_CLOUD_NAMES = [
  'Global',
  'US Government L4',
  'US Government L5 (DoD)',
  'China (21Vianet)',
  'Bleu (France)',
  'Delos (Germany)',
  'GovSG (Singapore)',
  'USNat (air-gapped)',
  'USSec (air-gapped)',
] as const;

const NAMES: ReadonlySet<string> = new Set(MICROSOFT_CLOUD_NAMES);

/** Whether a cloud is one of Microsoft's, for which the catalogue knows the available datasets. */
export function isMicrosoftCloud(name: string): boolean {
  return NAMES.has(name);
}
