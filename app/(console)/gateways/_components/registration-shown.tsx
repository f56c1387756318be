'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { SegmentedControl } from '#components/ui/form/segmented-control.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader } from '#components/ui/overlay/dialog.tsx';
import type { RegistrationKeyDto } from '#lib/domain/gateway/gateway-dto.ts';
import { type GatewayShell, gatewayCommand } from './gateway-commands.ts';

interface RegistrationShownProps {
  readonly name: string;
  readonly registration: RegistrationKeyDto;
  readonly serverUrl: string;
  /** Whether it replaces the keys of a registered gateway. */
  readonly replaces: boolean;
  readonly onClose: () => void;
}

const SHELLS = [
  { value: 'posix', label: 'Linux, macOS' },
  { value: 'powershell', label: 'Windows PowerShell' },
] as const satisfies readonly { readonly value: GatewayShell; readonly label: string }[];

/** Shows the key, which is possible only once: the dialog closes only by its buttons, not by a click outside. */
export function RegistrationShown({ name, registration, serverUrl, replaces, onClose }: RegistrationShownProps) {
  const [shell, setShell] = useState<GatewayShell>('posix');
  const { key, expiresAt } = registration;
  return (
    <Dialog open onOpenChange={(next) => !next && onClose()}>
      <DialogContent onInteractOutside={(event) => event.preventDefault()} className="min-w-0 max-w-xl">
        <DialogHeader title={`Start ${name}`}>
          Run this command in Entrada’s folder on the machine of the gateway. Copy the command now: Entrada does not show the key
          again. The key works once, until <time dateTime={expiresAt}>{new Date(expiresAt).toLocaleString()}</time>.
          {replaces ? ' When a process uses the key, the server refuses the process that registered before.' : ''}
        </DialogHeader>
        <SegmentedControl label="Shell" value={shell} options={SHELLS} onValueChange={setShell} />
        <CodeBlock code={gatewayCommand(shell, { serverUrl, key })} label="command" wrap />
        <div className="grid gap-1.5">
          <p className="text-sm font-medium">Registration key</p>
          <CodeBlock code={key} label="registration key" wrap />
          <p className="text-xs text-muted-foreground">
            The command writes the key to a file and registers the gateway with it. You can delete the file afterwards. The
            gateway needs Node, Entrada’s folder, and outgoing access to {serverUrl}. It needs no open port.
          </p>
        </div>
        <DialogFooter>
          <Button onClick={onClose}>Done</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
