/** Facts of a site as the aggregator's figures would be: added up by the plainest SQL. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { expect } from 'vitest'
import { counts, Figures } from '../../consumers/aggregator/shapes/cell.ts'
import { type Dimension, tellsVisitorsApart } from '../../consumers/aggregator/shapes/dimensions.ts'
import { countColumn, isListed } from '../../consumers/facts/shapes/fact-columns.ts'
import { FactsDatabase } from '../../consumers/facts/shapes/facts-database.ts'
import { createSiteFacts, type Facts, type SiteFacts } from '../../consumers/facts/shapes/site-facts.ts'
import { generationsOf } from '../../consumers/replay/known.ts'
import { publishedGeneration } from '../../consumers/replay/shapes/publications.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { createTraces } from '../../consumers/trace/shapes/traces.ts'
import type { DashboardOptions } from '../../dashboard/server.ts'
import { createStore } from '../../dashboard/store/store.ts'
import { adminToken, bearer } from './dashboard.ts'

export const limits = { memoryMb: 512, threads: 2, timeoutMs: 30_000, maxRows: 1_000_000 }

export async function makeFactsFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-facts-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** One that remembers nothing of what another one knew, but for the files. */
export function siteFacts({ clients, settings }: ConsumerEnvironment, folder: string): SiteFacts {
  return createSiteFacts({
    dynamo: clients.dynamo,
    s3: clients.s3,
    tablePrefix: settings.RETRACE_TABLE_PREFIX,
    bucket: settings.RETRACE_BUCKET,
    stream: settings.RETRACE_STREAM,
    folder,
    maxBytes: 1024 * 1024 * 1024,
    now: Date.now,
  })
}

type FactsBounds = { maxMb: number; memoryMb: number; timeoutMs: number }

/** What a dashboard over the tables and the archive of `environment` is made of, with facts in `folder`. */
export function optionsWithFacts(
  { clients, settings }: ConsumerEnvironment,
  folder: string,
  bounds: FactsBounds,
  now: () => number,
): DashboardOptions {
  const place = {
    dynamo: clients.dynamo,
    s3: clients.s3,
    tablePrefix: settings.RETRACE_TABLE_PREFIX,
    bucket: settings.RETRACE_BUCKET,
  }
  const stream = settings.RETRACE_STREAM
  return {
    store: createStore({ ...place, now, facts: { stream, folder, ...bounds } }),
    traces: createTraces({ ...place, kinesis: clients.kinesis, stream }),
    assets: new Map(),
    adminToken,
    trustedProxies: 'loopback',
    ingestPort: 8080,
    endpointUrl: '',
    edgeKey: '',
    alertWays: { loopbackWebhooks: false, email: false, topics: [] },
    logger: pino({ level: 'silent' }),
    now,
  }
}

/**
 * Asks the API as the administrator, again while facts are being made.
 *
 * @returns its answer, and which part of them was made each time before
 */
export async function askUntilMade(
  app: FastifyInstance,
  url: string,
): Promise<{ answer: LightMyRequestResponse; progress: number[] }> {
  const progress: number[] = []
  for (;;) {
    const answer = await app.inject({ url, headers: bearer })
    if (answer.statusCode !== 202) return { answer, progress }
    expect(answer.headers['retry-after']).toBe('1')
    const { done, expected } = answer.json().making
    expect(done).toBeLessThanOrEqual(expected)
    progress.push(done / expected)
    await sleep(20)
  }
}

export type Period = { from: number; to: number }

/** Asks until they are made, by what is published now. */
export async function factsOf(environment: ConsumerEnvironment, folder: string, period: Period): Promise<Facts> {
  const facts = siteFacts(environment, folder)
  try {
    const publications = await generationsOf(environment).publications()
    const generationOf = (segment: string) => publishedGeneration(publications, 'demo', segment)
    for (let answer = await facts.find('demo', period, generationOf); ; ) {
      if (answer.kind === 'ready') return answer.facts
      await sleep(50)
      answer = await facts.find('demo', period, generationOf)
    }
  } finally {
    facts.close()
  }
}

/** @param where SQL; of everything that counts in the period */
export class FactSums {
  readonly #database: FactsDatabase
  private constructor(database: FactsDatabase) {
    this.#database = database
  }

  static async open({ files }: Facts, period: Period): Promise<FactSums> {
    return new FactSums(await FactsDatabase.open({ files, ...period }, limits))
  }

  async totals(where = 'true'): Promise<Figures> {
    return (await this.#sums(`''`, true, where)).get('') ?? new Figures()
  }

  by(dimension: Dimension, where = 'true'): Promise<Map<string, Figures>> {
    const value = isListed(dimension) ? `unnest("${dimension}")` : `"${dimension}"`
    return this.#sums(value, tellsVisitorsApart(dimension), where)
  }

  close(): void {
    this.#database.close()
  }

  async #sums(value: string, tellsApart: boolean, where: string): Promise<Map<string, Figures>> {
    const sums = counts.map((count) => `coalesce(sum(${countColumn(count)}), 0)::DOUBLE`)
    const { rows } = await this.#database.ask(
      `SELECT value, ${sums.join(', ')}, to_json(list(DISTINCT visitor))::VARCHAR FROM (
         SELECT ${value} AS value, * FROM facts WHERE ${where}) WHERE value IS NOT NULL GROUP BY ALL`,
    )
    return new Map(
      rows.map(([name, ...row]) => {
        const figures = new Figures()
        for (const [i, count] of counts.entries()) figures[count] = row[i] as number
        const visitors = JSON.parse((row.at(-1) as string | null) ?? '[]') as (number | null)[]
        if (tellsApart) for (const visitor of visitors) if (visitor !== null) figures.visitors.add(visitor)
        return [name as string, figures]
      }),
    )
  }
}
