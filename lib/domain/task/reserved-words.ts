/**
 * Words that SQL reserves in at least one of PostgreSQL (appendix C), MariaDB ("Reserved Words"), SQL Server ("Reserved Keywords") or Spark,
 * and that a property of Graph could be called.
 */
const RESERVED_WORDS: ReadonlySet<string> = new Set(
  `add all alter analyse analyze and any array as asc asymmetric authorization backup begin between binary both break browse bulk by
  call cascade case cast change check checkpoint close clustered coalesce collate collation column compute condition concurrently constraint
  contains continue convert create cross current current_catalog current_date current_role current_schema current_time current_timestamp
  current_user cursor database databases dbcc deallocate declare default deferrable delayed delete deny desc describe deterministic disk
  distinct distinctrow distributed div do double drop dual dump each else elseif enclosed end errlvl escape escaped except exec execute exists
  exit explain external false fetch file fillfactor float for force foreign freetext freeze from full fulltext function general generated goto
  grant group groups having high_priority holdlock identity if ignore ilike in index infile initially inner inout insensitive insert int
  integer intersect interval into is isnull iterate join key keys kill lateral leading leave left like limit linear lineno lines load
  localtime localtimestamp lock long loop match merge minus modifies mod national natural nocheck nonclustered not notnull null nullif numeric
  of off offset offsets on only open optimize option optionally or order out outer outfile over overlaps partition percent pivot placing plan
  position precision primary print proc procedure public purge raise range rank read reads recursive references regexp release rename repeat
  replace replication require resignal restore restrict return returning revert revoke right rlike rollback row rowcount row_number rows rule
  save schema schemas select semantickey sensitive separator session_user set setuser show shutdown signal similar slow smallint some spatial
  specific sql sqlexception sqlstate sqlwarning ssl starting statistics straight_join symmetric system system_user table tablesample terminated
  textsize then tinyint to top trailing tran transaction trigger true truncate try_convert undo union unique unlock unpivot unsigned update
  updatetext usage use user using values varbinary varchar variadic varying verbose view virtual waitfor when where while window with within
  write writetext xor year_month zerofill`.split(/\s+/),
);

/** Whether the lower-case word has to be quoted somewhere. */
export function isReservedWord(word: string): boolean {
  return RESERVED_WORDS.has(word);
}
