import { DECISIONS_OF, type Decision, type DifferenceDto, type DifferenceKind } from '#lib/domain/metadata/metadata.ts';

/** A sentence about a difference. */
export function differenceMessage({ kind, sourcePath, before, after }: DifferenceDto): string {
  switch (kind) {
    case 'dataset-new':
      return 'New dataset';
    case 'dataset-gone':
      return 'Dataset is no longer offered';
    case 'column-new':
      return `New column ${sourcePath}${after === null ? '' : ` (${after})`}`;
    case 'column-gone':
      return `Column ${sourcePath} no longer exists`;
    case 'column-retyped':
      return `Column ${sourcePath} had the type ${before}, and now has ${after}`;
  }
}

const DECISION_LABELS = {
  'dataset-new': { accept: 'Keep it', remove: 'Remove' },
  'dataset-gone': { keep: 'Keep it', remove: 'Remove' },
  'column-new': { accept: 'Keep it', remove: 'Remove' },
  'column-gone': { keep: 'Keep it', remove: 'Remove' },
  'column-retyped': { keep: 'Keep the old type', accept: 'Take the new type' },
} as const satisfies Record<DifferenceKind, Partial<Record<Decision, string>>>;

export interface DecisionChoice {
  readonly decision: Decision;
  readonly label: string;
}

/** Decisions for a kind of difference, the one without effect on tables first. */
export function decisionChoices(kind: DifferenceKind): readonly DecisionChoice[] {
  const labels: Partial<Record<Decision, string>> = DECISION_LABELS[kind];
  return DECISIONS_OF[kind].map((decision) => ({ decision, label: labels[decision] ?? decision }));
}

/** Decisions that change nothing: new and missing datasets and columns stay, types stay. */
export function defaultDecisions(differences: readonly DifferenceDto[]): { id: string; decision: Decision }[] {
  return differences.map(({ id, kind }) => ({ id, decision: DECISIONS_OF[kind][0] }));
}

export interface DifferenceGroup {
  readonly dataset: string;
  readonly differences: readonly DifferenceDto[];
}

/** Differences grouped by dataset, in their order. */
export function byDataset(differences: readonly DifferenceDto[]): readonly DifferenceGroup[] {
  const groups = Map.groupBy(differences, ({ datasetName }) => datasetName);
  return [...groups].map(([dataset, members]) => ({ dataset, differences: members }));
}
