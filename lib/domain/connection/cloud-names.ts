/** Microsoft's clouds by name, as catalogue entries list them; any other cloud is the operator's own, of which they say nothing. */
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

/** Whether a cloud is one of Microsoft's, of which the catalogue knows what it has. */
export function isMicrosoftCloud(name: string): boolean {
  return NAMES.has(name);
}
