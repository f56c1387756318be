/** Rows of a table in a database that a comparison has changed. */
export interface AppliedChanges {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}
