import type { ReactNode } from 'react';
import type { ConnectionDto } from '#lib/domain/connection/connection.ts';
import type { Column, DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import type {
  Decision,
  EditHistoryDto,
  ExportDto,
  ExportFormat,
  MetadataChangesDto,
  MetadataJobDto,
} from '#lib/domain/metadata/metadata.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { UndoAction } from './use-metadata-edits.ts';

type Act<I, O> = (input: I) => Promise<ActionResult<O>>;

interface ColumnChange {
  sourcePath: string;
  selected?: boolean;
  name?: string;
  type?: Column['type'];
  nullable?: boolean;
  key?: boolean;
  nested?: Column['nested'];
}

export type UpdateColumnsAction = Act<{ datasetId: string; columns: ColumnChange[] }, null>;
export type SetFilterAction = Act<{ datasetId: string; filter: string | null }, null>;

/** Actions on the whole metadata. */
export interface MetadataActions {
  readonly select: Act<{ connectionId: string; datasetIds: string[]; selected: boolean }, null>;
  readonly addDataset: Act<{ connectionId: string; path: string }, { name: string }>;
  readonly undo: UndoAction;
  readonly startJob: Act<
    { connectionId: string; kind: MetadataJobDto['kind']; sampleRows?: number; datasetIds?: string[] | null },
    MetadataJobDto
  >;
  readonly cancelJob: Act<{ metadataJobId: string }, MetadataJobDto>;
  readonly exportMetadata: Act<{ connectionId: string; format: ExportFormat }, ExportDto>;
  readonly decide: Act<{ connectionId: string; decisions: { id: string; decision: Decision }[] }, MetadataChangesDto>;
}

/** Props of the metadata page's parts. */
export interface MetadataWorkspaceProps {
  readonly connection: Pick<ConnectionDto, 'id' | 'name' | 'gateway' | 'metadataGeneratedAt'> & {
    /** Why an editor may not change it; null: they may, or their role does not allow it. */
    readonly readOnlyNote: string | null;
  };
  readonly datasets: readonly DatasetSummaryDto[];
  /** Dataset that is open when the URL names none. */
  readonly firstName: string | null;
  readonly history: EditHistoryDto;
  readonly changes: MetadataChangesDto;
  /** The last job of each kind, running or ended. */
  readonly jobs: readonly MetadataJobDto[];
  /** Changes when the search index has to be read again. */
  readonly indexVersion: string;
  readonly canEdit: boolean;
  readonly actions: MetadataActions;
  readonly children: ReactNode;
}
