'use client';

import { FileUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type DragEvent, useEffect, useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Spinner } from '#components/ui/feedback/spinner.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Textarea } from '#components/ui/form/input.tsx';
import { DialogFooter } from '#components/ui/overlay/dialog.tsx';
import type { ImportPreviewDto } from '#lib/domain/metadata/metadata.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { useMetadataEdits } from '../use-metadata-edits.ts';
import { ImportPreview } from './import-preview.tsx';
import { sendImport } from './send-import.ts';

interface ImportFormProps {
  readonly connectionId: string;
  readonly onDone: () => void;
}

/** Pause in typing after which the text is compared, milliseconds. */
const PAUSE_MS = 400;

/** Result for the present text: none yet, its differences, or the problem. */
interface Looked {
  readonly text: string;
  readonly preview: ImportPreviewDto | null;
  readonly problem: Problem | null;
}

/** A file or pasted text, its differences, and Apply. */
export function ImportForm({ connectionId, onDone }: ImportFormProps) {
  const [text, setText] = useState('');
  const [looked, setLooked] = useState<Looked | null>(null);
  const [applying, start] = useTransition();
  const { report } = useMetadataEdits();
  const router = useRouter();

  useEffect(() => {
    if (text.trim() === '') return;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      sendImport(connectionId, { text, basis: null }, gone.signal).then(
        (result) => setLooked({ text, preview: result.ok ? result.value : null, problem: result.ok ? null : result.problem }),
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [connectionId, text]);

  const current = looked?.text === text ? looked : null;
  const preview = current?.preview ?? null;
  const pending = applying || (text.trim() !== '' && current === null);

  function apply() {
    if (preview === null) return;
    start(async () => {
      const result = await sendImport(connectionId, { text, basis: preview.basis });
      if (!report(result, 'Imported the metadata')) {
        if (!result.ok) setLooked({ text, preview: null, problem: result.problem });
        return;
      }
      router.refresh();
      onDone();
    });
  }

  const changes = preview?.datasets.filter(({ action }) => action !== 'same').length ?? 0;
  return (
    <div className="grid min-w-0 gap-3">
      <FileDrop onText={setText} />
      <Field label="Or paste it">
        <Textarea
          value={text}
          rows={5}
          spellCheck={false}
          placeholder="JSON or YAML"
          onChange={(event) => setText(event.target.value)}
          className="max-h-40 font-mono text-xs"
        />
      </Field>
      <div aria-live="polite" className="min-w-0">
        {pending ? (
          <p className="flex items-center gap-2 text-sm text-muted-foreground">
            <Spinner />
            Comparing
          </p>
        ) : null}
        {current === null || current.problem === null ? null : <ProblemAlert problem={current.problem} />}
        {preview === null ? null : <ImportPreview preview={preview} />}
      </div>
      <DialogFooter>
        <Button variant="ghost" onClick={onDone}>
          Cancel
        </Button>
        <Button disabled={pending || preview === null || preview.problems.length > 0 || changes === 0} onClick={apply}>
          Apply
        </Button>
      </DialogFooter>
    </div>
  );
}

function FileDrop({ onText }: { readonly onText: (text: string) => void }) {
  const [over, setOver] = useState(false);

  async function take(file: File | undefined) {
    if (file !== undefined) onText(await file.text());
  }

  return (
    <label
      onDragOver={(event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
      className={`flex cursor-pointer items-center justify-center gap-2 rounded-md border border-dashed px-4 py-5 text-sm focus-within:outline-2 focus-within:outline-ring ${over ? 'border-primary bg-primary/5' : 'border-input'}`}
    >
      <FileUp aria-hidden className="size-4 text-muted-foreground" />
      Drop a file here, or choose one
      <input
        type="file"
        accept=".json,.yaml,.yml,application/json,application/yaml"
        className="sr-only"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          // Allows choosing the same file again after it was changed.
          event.target.value = '';
        }}
      />
    </label>
  );
}
