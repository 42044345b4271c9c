/** What a replay has changed, for people and for scripts. */
import type { Replayed } from '../../consumers/replay/run.ts'
import type { GenerationRecord } from '../../consumers/replay/shapes/generations.ts'
import type { HeadlineFigures, ReplayReport, SiteChange } from '../../consumers/replay/shapes/report.ts'
import type { Account } from './begin.ts'

const figureNames: readonly [keyof HeadlineFigures, string][] = [
  ['visitors', 'visitors'],
  ['visits', 'visits'],
  ['pageviews', 'page views'],
  ['clicks', 'clicks'],
  ['events', 'events'],
  ['bounceRate', 'bounce rate'],
  ['visitDurationSeconds', 'seconds a visit'],
  ['engagedSeconds', 'engaged seconds a visit'],
  ['errors', 'errors'],
  ['rageClicks', 'rage clicks'],
  ['bots', 'events of bots'],
]
/** Of each dimension: the report in the bucket has more. */
const shownValues = 5

export function describeReport({ report, events, seconds }: Replayed): string {
  const { cells, generation, identical } = report
  const verdict = identical
    ? `All ${count(cells.compared)} cells are the same as published, to the byte.`
    : `${count(cells.changed)} of ${count(cells.compared)} cells differ from what is published.`
  return [
    `Replayed ${count(events)} events in ${seconds.toFixed(1)} s, with the day before to warm up.`,
    describeEvents(report),
    verdict,
    ...(identical ? [] : report.sites.filter((site) => site.changedCells > 0).map(describeSite)),
    ...(identical ? [] : [`npm run replay -- publish ${generation}   lets it count`]),
    `npm run replay -- drop ${generation}   deletes it`,
  ].join('\n')
}

function describeEvents({ events }: ReplayReport): string {
  const { replayed, accountable, accepted, recordsPassedOver } = events
  const sentences: string[] = []
  if (accepted === null)
    sentences.push(`${count(replayed)} events arrived on these days; the ledger does not go back so far.`)
  else if (accountable !== accepted)
    sentences.push(`${count(accountable)} events of these days were found, of ${count(accepted)} accepted.`)
  else if (accepted > 0 || replayed === 0)
    sentences.push(`All ${count(accepted)} accepted events of these days were found.`)
  if (accepted !== null && accountable < replayed)
    sentences.push(`${count(replayed - accountable)} came in the minute of a cut, which the ledger does not divide.`)
  if (recordsPassedOver > 0) sentences.push(`${count(recordsPassedOver)} records were left out.`)
  return sentences.join(' ')
}

function describeSite({ site, days, dimensions }: SiteChange): string {
  const lines = [`\n${site}`]
  for (const { day, old, new: fresh } of days) {
    const changes = figureNames.filter(([name]) => old[name] !== fresh[name])
    if (changes.length === 0) continue
    lines.push(`  ${day}`)
    for (const [name, label] of changes)
      lines.push(`    ${label.padEnd(24)} ${figure(old[name])} → ${figure(fresh[name])}`)
  }
  for (const { dimension, changedValues, top } of dimensions) {
    lines.push(`  ${dimension}: ${count(changedValues)} values`)
    for (const { value, old, new: fresh } of top.slice(0, shownValues)) {
      const changes = (['events', 'pageviews', 'clicks', 'visits'] as const)
        .filter((name) => old[name] !== fresh[name])
        .map((name) => `${name} ${count(old[name])} → ${count(fresh[name])}`)
      lines.push(`    ${value.replaceAll('\u0000', ' · ')}: ${changes.join(', ')}`)
    }
  }
  return lines.join('\n')
}

export function toJson({ report, events, seconds }: Replayed) {
  const { generation, cells, identical } = report
  return { generation, events, seconds: Math.round(seconds * 1000) / 1000, changed: cells.changed, identical }
}

export function describeAccount({ plan, willCut, accepted, toRead }: Account): string {
  return [
    `segments   ${plan.segments.join(', ')}${willCut ? ', which goes on: it is cut first' : ''}`,
    `warm-up    from ${new Date(plan.timeline[0]?.start ?? 0).toISOString()}`,
    `events     ${accepted === undefined ? 'the ledger does not go back so far' : count(accepted)}`,
    `to read    ${toRead === undefined ? 'the ledger does not go back so far' : `${count(toRead)} events`}`,
  ].join('\n')
}

export function describeGenerations(records: readonly GenerationRecord[]): string {
  if (records.length === 0) return 'There is no generation but the live one.'
  return records.map(describeGeneration).join('\n')
}

function describeGeneration({ id, state, sites, from, to, counts, error }: GenerationRecord): string {
  const stretch = from === to ? from : `${from} to ${to}`
  const changed = counts ? `, ${count(counts.changed ?? 0)} of ${count(counts.compared ?? 0)} cells changed` : ''
  return `${id}  ${state}  ${sites === 'all' ? 'all sites' : sites.join(', ')}, ${stretch}${changed}${error ? `: ${error}` : ''}`
}

function figure(value: number | null): string {
  return value === null ? '–' : count(value)
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
