/** Shell for a gateway's commands. */
export type GatewayShell = 'posix' | 'powershell';

export interface GatewayCommand {
  /** Public address of the server, without a trailing slash. */
  readonly serverUrl: string;
  readonly key: string;
}

const KEY_FILE = 'entrada-gateway.key';

/**
 * Commands that register and start a gateway, to run in Entrada's folder on its machine. The key is written to a file that only this user can read,
 * since all users of a machine see command arguments. No value needs quotes: a key is base64url, an address is a URL.
 */
export function gatewayCommand(shell: GatewayShell, { serverUrl, key }: GatewayCommand): string {
  const start = `node bin/launch.mjs gateway --server ${serverUrl} --key-file ${KEY_FILE}`;
  if (shell === 'powershell') return `Set-Content -NoNewline -Path ${KEY_FILE} -Value '${key}'\n${start}`;
  return `(umask 077; printf '%s' '${key}' > ${KEY_FILE})\n${start}`;
}
