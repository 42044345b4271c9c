/** A reconciliation in words: the sums, and each line that does not balance with what to do about it. */
import { utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { minuteText } from '../../consumers/runtime/shapes/ledger.ts'
import { isEqual, type Line, type Reconciliation } from './reconcile.ts'
import type { CellCheck } from './recount.ts'

/** Lines of one kind that are printed; past it, their number. */
const maxLines = 50

export function describe(result: Reconciliation, site: string | undefined): string {
  const { range, totals, lines, balanced } = result
  const text = [`Arrived from ${new Date(range.from).toISOString()} to ${new Date(range.to).toISOString()}`, '']
  const waiting = notYetOf(result)
  const figures: [string, number][] = [
    ['accepted', totals.accepted],
    ['  aggregated', totals.aggregated],
    ['  duplicate', totals.duplicate],
    ['  filtered', totals.filtered],
    ['  quarantined', totals.quarantined],
    ['archived', totals.archived],
  ]
  if (waiting.events > 0) figures.push(['not yet', waiting.events])
  for (const [name, count] of figures) text.push(`  ${name.padEnd(16)}${number(count).padStart(14)}`)
  if (waiting.events > 0) text.push(`  (${waiting.consumers.join(' and ')} still to reach: left out of the sums above)`)

  const broken = lines.filter(({ verdict }) => verdict.kind === 'unbalanced')
  text.push('', `Minutes of shards: ${number(lines.length)}, of which ${number(broken.length)} do not balance.`)
  text.push(...most(broken.flatMap(describeLine)))

  text.push(...(result.onlyInFirehose === undefined ? describeRecount(result, site) : [describeFirehose(result)]))
  const soFar = waiting.events > 0 ? ', as far as both consumers have come' : ''
  text.push('', balanced ? `Balanced${soFar}.` : 'NOT balanced.')
  return text.join('\n')
}

function describeFirehose({ onlyInFirehose }: Reconciliation): string {
  return `The archive is in the Firehose delivery stream ${onlyInFirehose}: archived is what the archiver has handed over. Rows, day cells and gaps are not counted again.`
}

function describeRecount(result: Reconciliation, site: string | undefined): string[] {
  const { cells } = result
  const compared = cells.filter((check) => !check.notYet)
  const unequal = compared.filter((check) => !isEqual(check))
  const whose = site ? `of ${site}` : 'of all sites'
  return [
    `Day cells ${whose}, counted again from the archive: ${number(compared.length)}, of which ${unequal.length} differ.`,
    ...most(unequal.map(describeCell)),
    ...describeHurried(compared),
    ...describeGaps(result),
  ]
}

/** For scripts: the last line of `--json`. */
export function toJson(result: Reconciliation): Record<string, unknown> {
  const { range, totals, lines, cells, gaps, balanced } = result
  const waiting = notYetOf(result)
  return {
    from: new Date(range.from).toISOString(),
    to: new Date(range.to).toISOString(),
    ...totals,
    notYet: waiting.events,
    unbalanced: lines.flatMap(({ verdict, minute, shardId }) =>
      verdict.kind === 'unbalanced' ? [{ minute: minuteText(minute), shardId, differences: verdict.differences }] : [],
    ),
    recounted: result.onlyInFirehose === undefined,
    cells: cells.filter((check) => !check.notYet).length,
    hurriedCells: cells.filter((check) => !check.notYet && isHurried(check)).length,
    differentCells: cells.filter((check) => !check.notYet && !isEqual(check)),
    gaps: gaps.map(({ noticedAt, ...gap }) => ({ ...gap, noticedAt: new Date(noticedAt).toISOString() })),
    balanced,
  }
}

function notYetOf({ lines }: Reconciliation): { events: number; consumers: string[] } {
  let events = 0
  const consumers = new Set<string>()
  for (const { verdict } of lines) {
    if (verdict.kind !== 'notYet') continue
    events += verdict.events
    for (const consumer of verdict.behind) consumers.add(consumer)
  }
  return { events, consumers: [...consumers].sort() }
}

function describeLine({ verdict, minute, shardId }: Line): string[] {
  if (verdict.kind !== 'unbalanced') return []
  return verdict.differences.map(({ what, remedy }) => `  ${minuteText(minute)} ${shardId}: ${what}. To do: ${remedy}.`)
}

function describeCell({ key, cell, archive }: CellCheck): string {
  const name = `${key.site} ${utcDay(key.start)} (arrived ${key.segment}) ${key.shardId}`
  const figures = `${cell.pageviews} page views and ${cell.clicks} clicks, in the archive ${archive.pageviews} and ${archive.clicks}`
  return `  ${name}: ${figures}. To do: rebuild the arrival day ${key.segment} from the archive.`
}

function isHurried({ hurried }: CellCheck): boolean {
  return hurried.pageviews > 0 || hurried.clicks > 0
}

function describeHurried(compared: readonly CellCheck[]): string[] {
  const cells = compared.filter(isHurried)
  if (cells.length === 0) return []
  const missing = cells.reduce((sum, { cell, archive }) => sum + archive.pageviews - cell.pageviews, 0)
  const hurried = cells.reduce((sum, check) => sum + check.hurried.pageviews, 0)
  return [
    `In ${number(cells.length)} of them somebody came at a rate that only programs reach, and was left out from then on: ${number(missing)} page views less than in the archive, of ${number(hurried)} of such visitors.`,
  ]
}

function describeGaps({ gaps }: Reconciliation): string[] {
  if (gaps.length === 0) return ['No batch is missing in the sequence of any producer.']
  const meaning = {
    missing: 'never stored: right if that endpoint was killed just before, else look for its log at that time',
    inOverflow: 'in the overflow, to be put into the stream by the redriver',
    recent: 'may still come',
  }
  const lines = gaps.map(({ producer, from, to, shardId, noticedAt, kind }) => {
    const batches = from === to ? `batch ${from}` : `batches ${from} to ${to}`
    return `  ${minuteText(noticedAt)} ${shardId}: ${batches} of producer ${producer}: ${meaning[kind]}.`
  })
  return [`Gaps in the sequences of producers: ${number(gaps.length)}.`, ...most(lines)]
}

function most(lines: string[]): string[] {
  if (lines.length <= maxLines) return lines
  return [...lines.slice(0, maxLines), `  … and ${number(lines.length - maxLines)} more`]
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
