/** Position of a cell, 0-based. */
export interface CellPosition {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Number of rows that Page Up and Page Down move by. */
  readonly rowsPerPage: number;
}

/**
 * New position of the active cell after a key (WAI-ARIA Authoring Practices, grid pattern); null when the key does not move it.
 * `jump` (Control or Command): Home and End go to the first and last row.
 */
export function moveByKey(from: CellPosition, key: string, size: GridSize, jump: boolean): CellPosition | null {
  if (size.rows === 0 || size.columns === 0) return null;
  const to = target(from, key, size, jump);
  return to === null ? null : { row: clamp(to.row, size.rows), column: clamp(to.column, size.columns) };
}

function target({ row, column }: CellPosition, key: string, size: GridSize, jump: boolean): CellPosition | null {
  switch (key) {
    case 'ArrowUp':
      return { row: row - 1, column };
    case 'ArrowDown':
      return { row: row + 1, column };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'PageUp':
      return { row: row - size.rowsPerPage, column };
    case 'PageDown':
      return { row: row + size.rowsPerPage, column };
    case 'Home':
      return jump ? { row: 0, column: 0 } : { row, column: 0 };
    case 'End':
      return jump ? { row: size.rows - 1, column: size.columns - 1 } : { row, column: size.columns - 1 };
    default:
      return null;
  }
}

function clamp(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, index));
}
