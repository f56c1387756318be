'use client';

import { columnSizingFeature, columnVisibilityFeature, createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import type { Cell } from '#lib/domain/dataset/dataset.ts';
import type { GridColumn } from './cell-text.ts';
import { columnWidth } from './cell-text.ts';

const features = tableFeatures({ columnVisibilityFeature, columnSizingFeature });
const helper = createColumnHelper<typeof features, readonly Cell[]>();

/** A visible column: its index in the rows, its head, its width in px. */
export interface ShownColumn extends GridColumn {
  readonly index: number;
  readonly widthPx: number;
}

export interface GridColumns {
  readonly shown: readonly ShownColumn[];
  readonly all: readonly (GridColumn & { readonly visible: boolean })[];
  setVisible(index: number, visible: boolean): void;
  showAll(): void;
}

/** Columns of a grid with their widths and visibility. */
export function useGridColumns(columns: readonly GridColumn[], rows: readonly (readonly Cell[])[]): GridColumns {
  const definitions = useMemo(
    () =>
      helper.columns(
        columns.map((column, index) =>
          helper.accessor((row: readonly Cell[]) => row[index] ?? null, {
            id: String(index),
            header: column.name,
            size: columnWidth(column, index, rows),
          }),
        ),
      ),
    [columns, rows],
  );
  const table = useTable({ features, columns: definitions, data: rows as (readonly Cell[])[] });

  const shown = table.getVisibleLeafColumns().flatMap((leaf) => {
    const index = Number(leaf.id);
    const column = columns[index];
    return column === undefined ? [] : [{ ...column, index, widthPx: leaf.getSize() }];
  });
  const visible = new Set(shown.map((column) => column.index));
  return {
    shown,
    all: columns.map((column, index) => ({ ...column, visible: visible.has(index) })),
    setVisible: (index, show) => table.setColumnVisibility((state) => ({ ...state, [String(index)]: show })),
    showAll: () => table.toggleAllColumnsVisible(true),
  };
}
