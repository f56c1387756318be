'use client';

import { Download } from 'lucide-react';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '#components/ui/overlay/dropdown-menu.tsx';
import { type ExportDto, ExportFormat } from '#lib/domain/metadata/metadata.ts';
import type { MetadataActions } from '../metadata-props.ts';

const LABEL = {
  json: ['JSON', 'to import again'],
  yaml: ['YAML', 'to import again'],
  ddl: ['SQL DDL', 'the tables, for PostgreSQL'],
  'json-schema': ['JSON Schema', 'the rows, draft 2020-12'],
} as const satisfies Record<ExportFormat, readonly [string, string]>;

interface ExportMenuProps {
  readonly connectionId: string;
  readonly action: MetadataActions['exportMetadata'];
}

/** Downloads the connection's metadata as a file. */
export function ExportMenu({ connectionId, action }: ExportMenuProps) {
  const [pending, start] = useTransition();

  function exportAs(format: ExportFormat) {
    start(async () => {
      const result = await action({ connectionId, format });
      if (result.ok) download(result.value);
      else toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }

  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" size="sm" disabled={pending}>
          <Download aria-hidden />
          Export metadata
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="w-64">
        {ExportFormat.options.map((format) => (
          <DropdownMenuItem key={format} onSelect={() => exportAs(format)}>
            <span className="w-24 font-medium">{LABEL[format][0]}</span>
            <span className="text-xs text-muted-foreground">{LABEL[format][1]}</span>
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function download({ fileName, mediaType, text }: ExportDto): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
  toast.success(`Exported ${fileName}`);
}
