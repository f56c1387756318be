'use client';

import { CircleCheck } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { CodeMessage } from '#components/connection/code-message.ts';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Textarea } from '#components/ui/form/input.tsx';
import { Label } from '#components/ui/form/label.tsx';

interface CodeHandoverProps {
  readonly code: string;
  readonly verificationId: string;
}

/** Shows the code with Copy; if the dialog opened this window, offers to send the code to it. */
export function CodeHandover({ code, verificationId }: CodeHandoverProps) {
  const id = useId();
  const [openedByDialog, setOpenedByDialog] = useState(false);
  const [handedOver, setHandedOver] = useState(false);
  const [copied, setCopied] = useState(false);

  useEffect(() => setOpenedByDialog(isOwnOpener()), []);

  function handOver() {
    const message: CodeMessage = { type: 'entrada:authentication-code', verificationId, code };
    window.opener.postMessage(message, window.location.origin);
    setHandedOver(true);
    window.close();
  }

  return (
    <div className="space-y-5">
      <div className="flex items-start gap-3">
        <CircleCheck aria-hidden className="mt-0.5 size-5 shrink-0 text-success" />
        <div className="space-y-1">
          <h1 className="text-lg font-semibold">You are signed in at Microsoft</h1>
          <p className="text-muted-foreground">
            One more step: copy this code, go back to the Entrada window, paste the code there and choose{' '}
            <b className="text-foreground">Verify</b>.
          </p>
        </div>
      </div>
      <div className="grid gap-1.5">
        <Label htmlFor={id}>Authentication code</Label>
        <Textarea
          id={id}
          readOnly
          rows={4}
          value={code}
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
          className="resize-none font-mono text-xs break-all"
        />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <CopyButton value={code} variant="default" size="lg" onCopied={() => setCopied(true)}>
          Copy
        </CopyButton>
        {openedByDialog ? (
          <Button variant="outline" size="lg" onClick={handOver}>
            Use this code
          </Button>
        ) : null}
      </div>
      <p role="status" className="text-xs text-muted-foreground">
        {handedOver
          ? 'Entrada has received the code. You can close this window.'
          : copied
            ? 'Copied. Now go back to the Entrada window and paste it.'
            : 'The code works once, for a few minutes. Do not give it to other people.'}
      </p>
    </div>
  );
}

/** Accessing a window of another origin throws. */
function isOwnOpener(): boolean {
  try {
    return window.opener !== null && window.opener.location.origin === window.location.origin;
  } catch {
    return false;
  }
}
