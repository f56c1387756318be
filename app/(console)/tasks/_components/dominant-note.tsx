import { Hourglass } from 'lucide-react';
import type { DominantRead } from '#lib/domain/run/dominant-read.ts';

/** What takes most of the time of a reload, in a sentence, with what could be read instead. */
export function DominantNote({ dominant }: { readonly dominant: DominantRead }) {
  return (
    <p className="flex items-start gap-2.5 rounded-md border border-amber-600/40 bg-amber-500/5 px-3 py-2 text-sm text-pretty">
      <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0 text-amber-700 dark:text-amber-300" />
      <span className="min-w-0">
        <span className="font-medium">Takes longest: </span>
        {dominant.sentence}
      </span>
    </p>
  );
}
