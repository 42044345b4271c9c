/** Replays: ask for one, see what it would change, decide which generation counts. */
import type { FastifyInstance } from 'fastify'
import { type GenerationRecord, isGenerationId, newGenerationId } from '../../consumers/replay/shapes/generations.ts'
import type { Publications } from '../../consumers/replay/shapes/publications.ts'
import type { ReplayAnswer, ReplayDetailAnswer, ReplaysAnswer } from '../answers.ts'
import { Problem } from '../problems.ts'
import type { Store } from '../store/store.ts'
import { problemOf, type ReplayBody, replayBodySchema } from './replay-body.ts'
import { replayDetailSchema, replayParams, replaySchema, replaysSchema } from './schemas.ts'

export type ReplaysOptions = { store: Store; now: () => number }

type ReplayRoute = { Params: { id: string } }

export function registerReplays(app: FastifyInstance, { store, now }: ReplaysOptions): void {
  const { generations, views } = store

  /** @throws Problem 404 */
  async function findReplay(id: string): Promise<GenerationRecord> {
    const record = isGenerationId(id) ? await generations.find(id) : undefined
    if (!record) throw new Problem('unknown_generation')
    return record
  }

  /** Registers what is done to one replay; the answer is how it stands then. */
  function post(name: string, summary: string, act: (id: string) => Promise<void>): void {
    app.post<ReplayRoute>(
      `/api/replays/:id/${name}`,
      { schema: { summary, params: replayParams, response: { 200: replaySchema } } },
      async ({ params: { id } }) => {
        await findReplay(id)
        await act(id)
        views.forget()
        const [record, publications] = await Promise.all([findReplay(id), generations.publications()])
        return toAnswer(record, publications)
      },
    )
  }

  app.get(
    '/api/replays',
    { schema: { summary: 'All replays, the latest first', response: { 200: replaysSchema } } },
    async (): Promise<ReplaysAnswer> => {
      const [records, publications] = await Promise.all([generations.list(), generations.publications()])
      return { replays: records.map((record) => toAnswer(record, publications)) }
    },
  )

  app.get<ReplayRoute>(
    '/api/replays/:id',
    { schema: { summary: 'One replay, with its report', params: replayParams, response: { 200: replayDetailSchema } } },
    async ({ params }): Promise<ReplayDetailAnswer> => {
      const [record, publications] = await Promise.all([findReplay(params.id), generations.publications()])
      const report = record.report === undefined ? undefined : await store.reports.find(record.report)
      return { ...toAnswer(record, publications), report: report ?? null }
    },
  )

  app.post<{ Body: ReplayBody }>(
    '/api/replays',
    { schema: { summary: 'Ask for a replay', body: replayBodySchema, response: { 201: replaySchema } } },
    async ({ body }, reply) => {
      const at = now()
      const known = new Set(
        (await store.sites.list()).flatMap(({ site, closedAt }) => (closedAt === undefined ? [site] : [])),
      )
      const message = problemOf(body, known, at)
      if (message !== undefined) throw new Problem('bad_body', { message })
      const record: GenerationRecord = {
        sites: 'all',
        ...body,
        id: newGenerationId(at, Math.random()),
        revision: 1,
        state: 'requested',
        segments: [],
        requestedAt: at,
      }
      // One chance in a million, for two within a second: whoever meets it asks again.
      if (!(await generations.create(record))) throw new Problem('unavailable')
      return reply.code(201).send(toAnswer(record, await generations.publications()))
    },
  )

  post('publish', 'Let a replay count in place of what is published', async (id) => {
    const result = await generations.publish(id, now())
    if (result.outcome === 'wrong_state') throw new Problem('replay_not_ready')
    if (result.outcome === 'too_many') throw new Problem('too_many_publications')
  })

  post('rollback', 'Let what was published before a replay count again', async (id) => {
    const result = await generations.rollback(id, now())
    if (result.outcome === 'not_published') throw new Problem('replay_not_published')
  })

  post('drop', 'Delete the figures of a replay that is not published', async (id) => {
    const at = now()
    const result = await generations.drop(id, at, (record) => store.cells.deleteGeneration(record))
    if (result.outcome === 'published') throw new Problem('replay_is_published')
    if (result.outcome === 'wrong_state') throw new Problem('replay_is_dropped')
    if (result.outcome === 'too_soon')
      throw new Problem('replay_in_use', { retryAfterSeconds: Math.ceil((result.earliest - at) / 1000) })
  })
}

function toAnswer(record: GenerationRecord, publications: Publications): ReplayAnswer {
  const { revision: _, report: __, calls: ___, requestedAt, startedAt, finishedAt, progress, ...rest } = record
  const publication = publications.list.find(({ generation }) => generation === record.id)
  return {
    ...rest,
    rules: record.rules ?? null,
    counts: record.counts ?? null,
    error: record.error ?? null,
    progress: progress ? { ...progress, at: isoTime(progress.at) } : null,
    requestedAt: isoTime(requestedAt),
    startedAt: startedAt === undefined ? null : isoTime(startedAt),
    finishedAt: finishedAt === undefined ? null : isoTime(finishedAt),
    publishedAt: publication ? isoTime(publication.at) : null,
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}
