/** Whom the rules of each arrival segment leave out, as tables beside the archive: programs, and one's own people. */
import { usualRules } from '../../consumers/aggregator/rules/rules.ts'
import { internalMarks, type SiteRules } from '../../consumers/aggregator/rules/site-rules.ts'
import type { Segment } from '../../consumers/aggregator/shapes/segments.ts'
import { type ArchiveTable, createTable } from '../archive-table.ts'

/** For the WHERE of a query that has the columns of `events` and `segment`. */
export const isLeftOut = ['user_agent', 'host', ...internalMarks]
  .map(
    (column) => `(site, segment, coalesce(${column}, '')) IN (SELECT (site, segment, value) FROM left_out_${column})`,
  )
  .join(' OR ')

/** @param table with the tables `events` and `segments` */
export async function tabulateLeftOut(table: ArchiveTable, segments: readonly Segment[]): Promise<void> {
  await tabulate(table, segments, 'user_agent', (rules, userAgent) => rules.browserOf(userAgent).bot)
  await tabulate(table, segments, 'host', (rules, host) => host !== '' && rules.placeOf(`https://${host}/`).isInternal)
  for (const mark of internalMarks)
    await tabulate(table, segments, mark, (rules, value) => rules.internalBy({ [mark]: value }) !== undefined)
}

async function tabulate(
  table: ArchiveTable,
  segments: readonly Segment[],
  column: string,
  leavesOut: (rules: SiteRules, value: string) => boolean,
): Promise<void> {
  const rulesOf = new Map(segments.map(({ name, rules }) => [name, rules ?? usualRules]))
  type Row = { site: string; segment: string; value: string }
  const found = await table.ask<Row>(`
    SELECT DISTINCT site, segment, coalesce(${column}, '') AS value
    FROM events JOIN segments ON received >= segments.first AND received < segments.next`)
  const rows = found.filter(({ site, segment, value }) =>
    leavesOut((rulesOf.get(segment) ?? usualRules).of(site), value),
  )
  await createTable(
    table,
    `left_out_${column}`,
    { site: 'VARCHAR', segment: 'VARCHAR', value: 'VARCHAR' },
    rows.map(({ site, segment, value }) => [site, segment, value]),
  )
}
