import type { DatasetRunDto } from '#lib/domain/run/run.ts';
import { truncatedColumns } from '#lib/domain/run/truncation-note.ts';

/** Minimum number of datasets for a note to be shown for the run instead. */
const SHARED_BY_MIN = 4;

/** A note of many datasets, shown once for the run. */
export interface SharedNote {
  readonly text: string;
  /** The datasets with the note, one line each. */
  readonly about: readonly string[];
}

export interface RunNotes {
  readonly shared: readonly SharedNote[];
  /** The notes of a dataset that are not shown for the run. */
  readonly own: (dataset: DatasetRunDto) => readonly string[];
}

/** Separates notes that many datasets share from the others. */
export function shareNotes(datasets: readonly DatasetRunDto[]): RunNotes {
  const uses = new Map<string, { readonly dataset: DatasetRunDto; readonly note: string }[]>();
  for (const dataset of datasets) {
    for (const note of dataset.notes) {
      const text = sharedText(note);
      const known = uses.get(text);
      if (known === undefined) uses.set(text, [{ dataset, note }]);
      else known.push({ dataset, note });
    }
  }
  const shared = [...uses].filter(([, found]) => found.length >= SHARED_BY_MIN);
  const texts = new Set(shared.map(([text]) => text));
  return {
    shared: shared.map(([text, found]) => ({ text, about: found.map(aboutOf) })),
    own: (dataset) => dataset.notes.filter((note) => !texts.has(sharedText(note))),
  };
}

/** The note without its columns: notes that differ only in these are grouped. */
function sharedText(note: string): string {
  if (truncatedColumns(note) === null) return note;
  return 'Graph sends times with 7 fractional digits; 6 are kept. With the type string a column keeps them all.';
}

function aboutOf({ dataset, note }: { readonly dataset: DatasetRunDto; readonly note: string }): string {
  const columns = truncatedColumns(note);
  return columns === null ? dataset.datasetName : `${dataset.datasetName}: ${columns.join(', ')}`;
}
