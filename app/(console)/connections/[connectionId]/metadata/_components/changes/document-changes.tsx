'use client';

import { TimeAgo } from '#components/run/time-ago.tsx';
import { formatBytes, formatCount, formatCounted } from '#lib/domain/format.ts';
import type { DocumentDto, MetadataChangesDto } from '#lib/domain/metadata/metadata.ts';

/** Maximum number of displayed lines; the API returns all of them. */
const LINES_MAX = 300;

/** Differences between Graph's present and previous $metadata, and the parts of it that could not be parsed. */
export function DocumentChanges({ changes }: { readonly changes: MetadataChangesDto }) {
  const { document, previous, diff, warnings } = changes;
  if (document === null) return null;
  const named = (items: readonly { kind: string; name: string }[]) => items.map(({ kind, name }) => `${kind} ${name}`);
  return (
    <section aria-label="$metadata of Graph" className="space-y-2 border-t pt-3 text-sm">
      <h3 className="font-medium">$metadata of Graph</h3>
      <dl className="space-y-0.5 text-xs text-muted-foreground">
        <DocumentLine term="Now" document={document} />
        {previous === null ? null : <DocumentLine term="Before" document={previous} />}
      </dl>
      {diff === null ? (
        <p className="text-muted-foreground">Entrada has read this document only once, so there is no comparison yet.</p>
      ) : diff.added.length + diff.removed.length + diff.changed.length === 0 ? (
        <p className="text-muted-foreground">The document has not changed since the last generation.</p>
      ) : (
        <>
          <Lines title="Added" lines={named(diff.added)} />
          <Lines title="Removed" lines={named(diff.removed)} />
          <Lines
            title="Changed"
            lines={diff.changed.map(({ kind, name, before, after }) => `${kind} ${name}: ${before} → ${after}`)}
          />
        </>
      )}
      <Lines title="Skipped, because Entrada cannot read it" lines={warnings} />
    </section>
  );
}

function DocumentLine({ term, document }: { readonly term: string; readonly document: DocumentDto }) {
  return (
    <div className="flex flex-wrap gap-x-2">
      <dt className="w-12">{term}</dt>
      <dd>
        <TimeAgo at={document.fetchedAt} />, {formatBytes(document.bytes)}, SHA-256{' '}
        <code className="font-mono" title={document.hash}>
          {document.hash.slice(0, 12)}
        </code>
      </dd>
    </div>
  );
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <details className="rounded-md border">
      <summary className="cursor-pointer px-3 py-1.5">
        {title} <span className="text-muted-foreground tabular-nums">{formatCount(lines.length)}</span>
      </summary>
      <ul className="max-h-60 overflow-y-auto border-t px-3 py-1.5 font-mono text-xs">
        {lines.slice(0, LINES_MAX).map((line) => (
          <li key={line} className="break-words">
            {line}
          </li>
        ))}
        {lines.length > LINES_MAX ? <li>and {formatCounted(lines.length - LINES_MAX, 'other')}</li> : null}
      </ul>
    </details>
  );
}
