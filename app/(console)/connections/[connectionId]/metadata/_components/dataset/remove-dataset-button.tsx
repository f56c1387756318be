'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { removeDatasetsAction } from '../../actions.ts';
import { useMetadataEdits } from '../use-metadata-edits.ts';

interface RemoveDatasetButtonProps {
  readonly connectionId: string;
  readonly dataset: Pick<DatasetDto, 'id' | 'name'>;
}

/** Removes a dataset from the connection; Undo restores it. */
export function RemoveDatasetButton({ connectionId, dataset }: RemoveDatasetButtonProps) {
  const [pending, start] = useTransition();
  const { report } = useMetadataEdits();
  const router = useRouter();
  return (
    <Button
      variant="ghost"
      size="icon-sm"
      className="ml-auto text-muted-foreground"
      aria-label={`Remove ${dataset.name} from this connection`}
      title="Remove from this connection"
      disabled={pending}
      onClick={() =>
        start(async () => {
          const done = report(await removeDatasetsAction({ connectionId, datasetIds: [dataset.id] }), `Removed ${dataset.name}`);
          if (done) router.replace(`/connections/${connectionId}/metadata`);
        })
      }
    >
      <Trash2 aria-hidden />
    </Button>
  );
}
