import type { ReactNode } from 'react';

interface ChartTableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  /** Cells of a row; the first is its heading. */
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  /** False: only screen readers get it, beside the charts. */
  readonly isVisible: boolean;
}

/** The figures of charts as a table. */
export function ChartTable({ caption, columns, rows, isVisible }: ChartTableProps) {
  const table = (
    <table className="w-full border-collapse text-left text-sm tabular-nums [&_:is(td,th):nth-child(n+2)]:text-right [&_td]:px-2.5 [&_td]:py-1 [&_th]:px-2.5 [&_th]:py-1">
      <caption className="sr-only">{caption}</caption>
      <thead className="sticky top-0 bg-card text-xs text-muted-foreground">
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col" className="font-medium whitespace-nowrap">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y">
        {rows.map(({ key, cells: [head, ...cells] }) => (
          <tr key={key}>
            <th scope="row" className="font-normal whitespace-nowrap">
              {head}
            </th>
            {cells.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
              <td key={index}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  if (!isVisible) return <div className="sr-only">{table}</div>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable by keyboard
    <section aria-label={caption} className="max-h-96 overflow-auto" tabIndex={0}>
      {table}
    </section>
  );
}
