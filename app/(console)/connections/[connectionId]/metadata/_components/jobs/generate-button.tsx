'use client';

import { RefreshCw } from 'lucide-react';
import { useId, useState } from 'react';
import { Button, type ButtonProps } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader } from '#components/ui/overlay/dialog.tsx';
import { SAMPLE_ROWS_DEFAULT, SAMPLE_ROWS_MAX } from '#lib/domain/metadata/metadata.ts';
import type { MetadataJobView } from './use-metadata-job.ts';

interface GenerateButtonProps {
  readonly connectionId: string;
  /** Ids of the selected datasets; sampling can be limited to these. */
  readonly selectedIds: readonly string[];
  readonly job: MetadataJobView;
  readonly variant: ButtonProps['variant'];
}

/** Generates the metadata again, after asking for the number of rows to sample. Edits stay. */
export function GenerateButton({ connectionId, selectedIds, job, variant }: GenerateButtonProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [selectedOnly, setSelectedOnly] = useState(false);
  const [rows, setRows] = useState(String(SAMPLE_ROWS_DEFAULT));
  const sampleRows = Number(rows);
  const wrong =
    rows.trim() === '' || !Number.isInteger(sampleRows) || sampleRows < 0 || sampleRows > SAMPLE_ROWS_MAX
      ? `A whole number from 0 to ${SAMPLE_ROWS_MAX}.`
      : null;
  return (
    <>
      <Button variant={variant} size="sm" disabled={job.busy('generate')} onClick={() => setOpen(true)}>
        <RefreshCw aria-hidden />
        Generate metadata
      </Button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent>
          <DialogHeader title="Generate metadata">
            Reads $metadata of Graph, then samples live rows to find extension attributes, real lengths, and columns that are
            always empty. Your edits stay. You decide about new and removed datasets and columns.
          </DialogHeader>
          <form
            className="grid gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              if (wrong !== null) return;
              setOpen(false);
              const datasetIds = selectedOnly && selectedIds.length > 0 ? [...selectedIds] : null;
              job.start({ connectionId, kind: 'generate', sampleRows, datasetIds });
            }}
          >
            <Field label="Rows to sample, per dataset" error={wrong} hint="0 reads only $metadata, which takes seconds.">
              <Input inputMode="numeric" value={rows} onChange={(event) => setRows(event.target.value)} />
            </Field>
            {selectedIds.length === 0 ? null : (
              <div className="flex items-start gap-2.5">
                <Checkbox id={id} checked={selectedOnly} onCheckedChange={(on) => setSelectedOnly(on === true)} />
                <label htmlFor={id} className="text-sm">
                  Only rows of the {selectedIds.length} selected {selectedIds.length === 1 ? 'dataset' : 'datasets'}
                  <span className="block text-xs text-muted-foreground">
                    Otherwise Entrada samples all readable datasets. Graph answers reports and audit logs slowly, so these take
                    minutes.
                  </span>
                </label>
              </div>
            )}
            <DialogFooter>
              <Button variant="ghost" onClick={() => setOpen(false)}>
                Cancel
              </Button>
              <Button type="submit" disabled={wrong !== null}>
                Generate
              </Button>
            </DialogFooter>
          </form>
        </DialogContent>
      </Dialog>
    </>
  );
}
