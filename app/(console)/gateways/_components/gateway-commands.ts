/** Where a gateway's commands run. */
export type GatewayShell = 'posix' | 'powershell';

export interface GatewayCommand {
  /** Of the server, without a trailing slash. */
  readonly serverUrl: string;
  readonly key: string;
}

const KEY_FILE = 'entrada-gateway.key';

/**
 * What registers and starts a gateway, to be pasted in Entrada's folder on its machine. The key goes into a file that only this user reads,
 * since arguments are seen by every user of the machine. Nothing of it needs to be quoted: a key is base64url, an address is a URL.
 */
export function gatewayCommand(shell: GatewayShell, { serverUrl, key }: GatewayCommand): string {
  const start = `node bin/launch.mjs gateway --server ${serverUrl} --key-file ${KEY_FILE}`;
  if (shell === 'powershell') return `Set-Content -NoNewline -Path ${KEY_FILE} -Value '${key}'\n${start}`;
  return `(umask 077; printf '%s' '${key}' > ${KEY_FILE})\n${start}`;
}
