'use client';

import { Upload } from 'lucide-react';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogHeader } from '#components/ui/overlay/dialog.tsx';
import { ImportForm } from './import-form.tsx';

interface ImportButtonProps {
  readonly connectionId: string;
}

/** Imports metadata from a file, after showing the differences. */
export function ImportButton({ connectionId }: ImportButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="outline" size="sm" onClick={() => setOpen(true)}>
        <Upload aria-hidden />
        Import metadata
      </Button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent className="max-w-2xl">
          <DialogHeader title="Import metadata">
            Choose a JSON or YAML file that Entrada has exported. You see all changes before the import.
          </DialogHeader>
          {open ? <ImportForm connectionId={connectionId} onDone={() => setOpen(false)} /> : null}
        </DialogContent>
      </Dialog>
    </>
  );
}
