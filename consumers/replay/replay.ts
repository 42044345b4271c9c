/** A replay from its first record to its report. What it reads and writes is handed in. */
import { type Granularity, granularities } from '../aggregator/shapes/cell-key.ts'
import { type BucketCells, SiteComparison } from './compare.ts'
import type { FoldResult } from './fold-family.ts'
import { isKept } from './kept-minutes.ts'
import type { SideOf } from './read-cells.ts'
import { type Publications, publishedGeneration } from './shapes/publications.ts'
import type { ReplayReport } from './shapes/report.ts'
import type { ReplayTask } from './task.ts'

export type ReplaySteps = {
  /** Folds everything into cells of the generation. */
  fold(): Promise<FoldResult>
  /** How many events live consumption says have arrived; undefined when nobody knows. */
  accepted(): Promise<number | undefined>
  /** All sites there are. */
  sites(): Promise<readonly string[]>
  publications(): Promise<Publications>
  buckets(series: { site: string; granularity: Granularity }, sideOf: SideOf): AsyncIterable<BucketCells>
  now(): number
}

/** Minutes that may be deleted while they are compared are left out. */
const expiryMarginMs = 10 * 60_000

export async function replay(task: ReplayTask, steps: ReplaySteps): Promise<ReplayReport> {
  const result = await steps.fold()
  const accepted = await steps.accepted()
  const sites = task.sites === 'all' ? new Set([...(await steps.sites()), ...result.sites]) : new Set(task.sites)
  const compared = await compare(task, [...sites].sort(), steps)
  const changed = compared.sites.reduce((sum, site) => sum + site.changed, 0)
  const { accepted: replayed, accountable, aggregated, duplicate, filtered, passedOver } = result.counts
  return {
    v: 1,
    generation: task.generation,
    segments: [...task.segments],
    comparedTo: compared.generations,
    cells: { compared: compared.sites.reduce((sum, site) => sum + site.compared, 0), changed },
    identical: changed === 0,
    events: {
      replayed,
      accountable,
      accepted: accepted ?? null,
      aggregated,
      duplicate,
      filtered,
      recordsPassedOver: passedOver,
    },
    sites: compared.sites.filter((site) => site.compared > 0).map((site) => site.report()),
  }
}

async function compare(
  { generation, segments }: ReplayTask,
  sites: readonly string[],
  steps: ReplaySteps,
): Promise<{ sites: SiteComparison[]; generations: string[] }> {
  const generations = new Set<string>()
  const comparisons: SiteComparison[] = []
  const publications = await steps.publications()
  for (const site of sites) {
    const published = new Map(segments.map((segment) => [segment, publishedGeneration(publications, site, segment)]))
    for (const each of published.values()) generations.add(each)
    const oldestKept = steps.now() + expiryMarginMs
    const sideOf: SideOf = (key) => {
      if (!published.has(key.segment) || !isKept(key, oldestKept)) return undefined
      if (key.generation === generation) return 'new'
      return key.generation === published.get(key.segment) ? 'old' : undefined
    }
    const comparison = new SiteComparison(site)
    for (const granularity of granularities)
      for await (const bucket of steps.buckets({ site, granularity }, sideOf)) comparison.add(bucket)
    comparisons.push(comparison)
  }
  return { sites: comparisons, generations: [...generations].sort() }
}
