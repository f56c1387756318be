'use client';

import Link from 'next/link';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { ACCESS_BADGES } from '../access-badge.tsx';
import type { DatasetEntry } from '../dataset-entry.ts';
import { type DiagramBox, layoutDiagram } from './diagram-layout.ts';
import type { Neighbour, NeighbourRole } from './neighbours.ts';

const ROLE_LABEL = {
  parent: 'Read through',
  target: 'Points at',
  relationship: 'Read for each row',
  child: 'Child tables',
} as const satisfies Record<NeighbourRole, string>;

/** Assumed width before the browser has measured, px. */
const FIRST_WIDTH_PX = 780;

interface RelationshipDiagramProps {
  readonly middle: DatasetEntry;
  readonly neighbours: readonly Neighbour[];
  readonly hrefOf: (entry: DatasetEntry) => string;
  readonly onSelect: ((entry: DatasetEntry, selected: boolean) => void) | null;
}

/** A dataset among its neighbours; each links to its own diagram and can be selected. */
export function RelationshipDiagram({ middle, neighbours, hrefOf, onSelect }: RelationshipDiagramProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(FIRST_WIDTH_PX);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    setWidth(element.clientWidth);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const diagram = useMemo(() => layoutDiagram(neighbours, width), [neighbours, width]);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div ref={frame}>
        <section aria-label={`Relationships of ${middle.name}`} className="relative" style={{ height: diagram.height }}>
          <svg aria-hidden="true" width={diagram.width} height={diagram.height} className="absolute inset-0 text-input">
            {diagram.edges.map((path, index) => (
              <path
                key={diagram.nodes[index]?.neighbour.entry.key}
                d={path}
                fill="none"
                stroke="currentColor"
                strokeWidth={1.5}
                strokeDasharray={diagram.nodes[index]?.neighbour.entry.id === null ? '4 4' : undefined}
              />
            ))}
          </svg>
          {diagram.labels.map(({ role, x, y }) => (
            <h3 key={role} className="absolute text-xs text-muted-foreground" style={{ left: x, top: y }}>
              {ROLE_LABEL[role]}
            </h3>
          ))}
          <Box box={diagram.middle} className="border-primary bg-primary/10">
            <Words entry={middle} note={middle.name} />
          </Box>
          <ul>
            {diagram.nodes.map((node) => (
              <li key={node.neighbour.entry.key}>
                <NeighbourBox box={node} neighbour={node.neighbour} hrefOf={hrefOf} onSelect={onSelect} />
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  );
}

interface NeighbourBoxProps extends Pick<RelationshipDiagramProps, 'hrefOf' | 'onSelect'> {
  readonly box: DiagramBox;
  readonly neighbour: Neighbour;
}

function NeighbourBox({ box, neighbour: { entry, by }, hrefOf, onSelect }: NeighbourBoxProps) {
  const { icon: Icon, text, label } = ACCESS_BADGES[entry.access];
  return (
    <Box box={box} className={`hover:border-primary ${entry.id === null ? 'border-dashed bg-background' : 'bg-card'}`}>
      {onSelect === null ? null : (
        <Checkbox
          aria-label={entry.id === null ? `Add ${entry.name}` : `Select ${entry.name}`}
          checked={entry.selected}
          onCheckedChange={(checked) => onSelect(entry, checked === true)}
        />
      )}
      <Link
        href={hrefOf(entry)}
        prefetch={false}
        replace
        scroll={false}
        className="flex min-w-0 flex-1 items-center gap-1.5 self-stretch rounded-sm"
      >
        <Words entry={entry} note={by} />
        {entry.access === 'granted' || entry.id === null ? null : (
          <span className={text} title={entry.reason ?? label}>
            <Icon aria-hidden className="size-3.5" />
            <span className="sr-only">{entry.reason ?? label}</span>
          </span>
        )}
      </Link>
    </Box>
  );
}

interface BoxProps {
  readonly box: DiagramBox;
  readonly className: string;
  readonly children: React.ReactNode;
}

function Box({ box, className, children }: BoxProps) {
  return (
    <div
      className={`absolute flex items-center gap-2 rounded-md border px-2.5 ${className}`}
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
    >
      {children}
    </div>
  );
}

function Words({ entry, note }: { readonly entry: DatasetEntry; readonly note: string }) {
  return (
    <span className="min-w-0 flex-1">
      <span className="block truncate text-sm leading-5 font-medium" title={entry.title}>
        {entry.title}
      </span>
      <span className="block truncate font-mono text-[11px] leading-4 text-muted-foreground">{note}</span>
    </span>
  );
}
