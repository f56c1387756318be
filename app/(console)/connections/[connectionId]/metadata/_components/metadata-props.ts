import type { ReactNode } from 'react';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import type { ActionResult } from '#lib/domain/problem.ts';

/** What the metadata page gives its parts. */
export interface MetadataWorkspaceProps {
  readonly connection: { readonly id: string; readonly name: string; readonly metadataGeneratedAt: string | null };
  readonly datasets: readonly DatasetSummaryDto[];
  readonly activeName: string | null;
  /** Whether the address names the dataset: on a narrow screen the list stands alone until one is chosen. */
  readonly chosenByAddress: boolean;
  readonly canEdit: boolean;
  readonly generateAction: (input: { connectionId: string }) => Promise<ActionResult<{ datasetCount: number }>>;
  readonly selectAction: (input: {
    connectionId: string;
    datasetIds: string[];
    selected: boolean;
  }) => Promise<ActionResult<null>>;
  readonly children: ReactNode;
}
