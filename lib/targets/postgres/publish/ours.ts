/** Start of the comment on every foreign key, column and view that Entrada made or described: only those are replaced and dropped. */
export const ENTRADA_COMMENT = 'Entrada:';
