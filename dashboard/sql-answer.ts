/** What a question in SQL is answered with. */
export type SqlCell = string | number | boolean | null
export type SqlAnswer = {
  /** `type` as DuckDB names it. */
  columns: { name: string; type: string }[]
  rows: SqlCell[][]
  /** There are more rows than these. */
  isCut: boolean
  /** Of the running day facts go up to here; null: the period is over. */
  through: string | null
}
