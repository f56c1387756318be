/** Letters of `hdr__operation` in the recorded changes of a table or folder. `L` stands for all rows that a run inserted. */
export const LETTER = { insert: 'I', update: 'U', delete: 'D' } as const;
export const OPERATION = { I: 'insert', U: 'update', D: 'delete' } as const;
