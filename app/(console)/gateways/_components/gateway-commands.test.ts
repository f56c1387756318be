import { expect, it } from 'vitest';
import { gatewayCommand } from './gateway-commands.ts';

const COMMAND = { serverUrl: 'https://entrada.example.com', key: 'egk_abc-_1' };

it('the command has the address of the server and writes the key to a file, for both shells', () => {
  expect(gatewayCommand('posix', COMMAND)).toBe(
    "(umask 077; printf '%s' 'egk_abc-_1' > entrada-gateway.key)\nnode bin/launch.mjs gateway --server https://entrada.example.com --key-file entrada-gateway.key",
  );
  expect(gatewayCommand('powershell', COMMAND)).toBe(
    "Set-Content -NoNewline -Path entrada-gateway.key -Value 'egk_abc-_1'\nnode bin/launch.mjs gateway --server https://entrada.example.com --key-file entrada-gateway.key",
  );
});
