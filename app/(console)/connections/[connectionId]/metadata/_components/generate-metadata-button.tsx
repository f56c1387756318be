'use client';

import { RefreshCw } from 'lucide-react';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { MetadataWorkspaceProps } from './metadata-props.ts';

interface GenerateMetadataButtonProps {
  readonly connectionId: string;
  readonly action: MetadataWorkspaceProps['generateAction'];
  readonly variant: 'default' | 'outline';
}

/** Reads the tenant's metadata again; what was chosen stays chosen. */
export function GenerateMetadataButton({ connectionId, action, variant }: GenerateMetadataButtonProps) {
  const [pending, start] = useTransition();

  function generate() {
    start(async () => {
      const result = await action({ connectionId });
      if (result.ok) toast.success(`Metadata generated: ${formatCounted(result.value.datasetCount, 'dataset')}`);
      else toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }

  return (
    <Button variant={variant} size="sm" onClick={generate} disabled={pending}>
      <RefreshCw aria-hidden className={pending ? 'motion-safe:animate-spin' : ''} />
      {pending ? 'Generating…' : 'Generate metadata'}
    </Button>
  );
}
