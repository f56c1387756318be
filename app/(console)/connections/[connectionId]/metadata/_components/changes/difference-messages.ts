import { DECISIONS_OF, type Decision, type DifferenceDto, type DifferenceKind } from '#lib/domain/metadata/metadata.ts';

/** What a difference is, in words. */
export function differenceWords({ kind, sourcePath, before, after }: DifferenceDto): string {
  switch (kind) {
    case 'dataset-new':
      return 'New dataset';
    case 'dataset-gone':
      return 'Dataset is no longer offered';
    case 'column-new':
      return `New column ${sourcePath}${after === null ? '' : ` (${after})`}`;
    case 'column-gone':
      return `Column ${sourcePath} is gone`;
    case 'column-retyped':
      return `Column ${sourcePath} was ${before}, is ${after}`;
  }
}

const DECISION_WORDS = {
  'dataset-new': { accept: 'Keep it', remove: 'Remove' },
  'dataset-gone': { keep: 'Keep it', remove: 'Remove' },
  'column-new': { accept: 'Keep it', remove: 'Remove' },
  'column-gone': { keep: 'Keep it', remove: 'Remove' },
  'column-retyped': { keep: 'Keep the old type', accept: 'Take the new type' },
} as const satisfies Record<DifferenceKind, Partial<Record<Decision, string>>>;

export interface DecisionChoice {
  readonly decision: Decision;
  readonly words: string;
}

/** Decisions that a difference can take, the harmless one first. */
export function decisionChoices(kind: DifferenceKind): readonly DecisionChoice[] {
  const words: Partial<Record<Decision, string>> = DECISION_WORDS[kind];
  return DECISIONS_OF[kind].map((decision) => ({ decision, words: words[decision] ?? decision }));
}

/** The decision that changes nothing for anybody: new things stay, gone things stay, types stay. */
export function harmlessDecisions(differences: readonly DifferenceDto[]): { id: string; decision: Decision }[] {
  return differences.map(({ id, kind }) => ({ id, decision: DECISIONS_OF[kind][0] }));
}

export interface DifferenceGroup {
  readonly dataset: string;
  readonly differences: readonly DifferenceDto[];
}

/** Differences by dataset, in their order. */
export function byDataset(differences: readonly DifferenceDto[]): readonly DifferenceGroup[] {
  const groups = Map.groupBy(differences, ({ datasetName }) => datasetName);
  return [...groups].map(([dataset, members]) => ({ dataset, differences: members }));
}
