/** Questions of owners in SQL about the facts of their site (docs/explore.md). */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { factColumns } from '../../consumers/facts/shapes/fact-columns.ts'
import {
  QuestionError,
  type QuestionErrorCode,
  type SqlQuestion,
  type SqlQuestions,
} from '../../consumers/facts/shapes/sql-questions.ts'
import type { MakingAnswer } from '../answers.ts'
import { isUnavailable, Problem, type ProblemCode } from '../problems.ts'
import { type PeriodQuery, parsePeriod } from '../query/period.ts'
import { inHours } from '../query/plan.ts'
import type { SqlAnswer } from '../sql-answer.ts'
import type { Store } from '../store/store.ts'
import { generation, period, query, siteParams } from './query-schemas.ts'
import { count, list, makingSchema, object, type Schema, text } from './schemas.ts'
import { findSite, findView } from './sites.ts'

/** Each has a process with memory of its own. */
const mostQuestions = 2
const maxSqlLength = 20_000
const maxShownRows = 10_000
const parquet = 'application/vnd.apache.parquet'
const types = { csv: 'text/csv; charset=utf-8', parquet } as const

type Format = 'json' | keyof typeof types
type SqlRoute = {
  Params: { site: string }
  Querystring: PeriodQuery & { generation?: string; format: Format }
  Body: { sql: string; limit: number }
}

const cell: Schema = { type: ['string', 'number', 'boolean', 'null'] }
const answerSchema = object({
  columns: list(object({ name: text('Its name'), type: text('Its type, as DuckDB names it') })),
  rows: list(list(cell)),
  isCut: { type: 'boolean', description: 'There are more rows than these' },
  through: { type: ['string', 'null'], description: 'Up to when the running day is known; null: the period is over' },
})
const body = {
  ...object(
    {
      sql: { type: 'string', minLength: 1, maxLength: maxSqlLength, description: 'One SELECT about the table `facts`' },
      limit: { ...count('Most rows that are answered as JSON'), minimum: 1, maximum: maxShownRows, default: 1000 },
    },
    ['limit'],
  ),
  additionalProperties: false,
}
const querystring = query({
  ...period,
  ...generation,
  format: {
    type: 'string',
    enum: ['json', 'csv', 'parquet'],
    default: 'json',
    description: 'A file is the whole answer, of a million rows and 128 MiB at most',
  },
})

export function registerSql(app: FastifyInstance, { store, now }: { store: Store; now: () => number }): void {
  const asking = new Set<string>()

  app.get<{ Params: { site: string } }>(
    '/api/sites/:site/sql',
    {
      schema: {
        summary: 'The columns of the table `facts`',
        params: siteParams,
        response: { 200: object({ columns: list(object({ name: text('Its name'), type: text('Its type') })) }) },
      },
    },
    async ({ params }) => {
      await findSite(store, params.site)
      return { columns: factColumns.map(([name, type]) => ({ name, type })) }
    },
  )

  app.post<SqlRoute>(
    '/api/sites/:site/sql',
    {
      schema: {
        summary: 'Any question about what counts in a period, in SQL',
        description:
          'By whole hours. It reads the facts of the site and period, and nothing else; 202 while these are being made. Whoever goes away ends it.',
        params: siteParams,
        querystring,
        body,
        produces: ['application/json', 'text/csv', parquet],
        response: { 200: answerSchema, 202: makingSchema },
      },
    },
    async (request, reply) => {
      const { params, query: asked, body: question } = request
      const { facts } = store
      if (!facts) throw new Problem('bad_parameter', { message: 'this dashboard has no facts to ask' })
      const site = await findSite(store, params.site)
      const parsed = parsePeriod({ interval: 'month', ...asked }, site, now())
      if (!parsed.ok) throw new Problem('bad_parameter', { message: parsed.message })
      const { from, to } = inHours(parsed.period)
      const view = await findView(store, asked.generation)
      if (asking.has(site.site) || asking.size >= mostQuestions)
        throw new Problem('too_many_questions', { retryAfterSeconds: 5 })
      asking.add(site.site)
      const abort = new AbortController()
      const leave = () => abort.abort()
      reply.raw.once('close', leave)
      const startedAt = performance.now()
      let outcome: string | undefined
      let rows = 0
      try {
        const found = await facts.find(site.site, { from, to }, view)
        if (found.kind === 'making') return tellMaking(reply, found)
        const { files, through } = found.facts
        const answer = await ask(facts.sql, { sql: question.sql, files, from, to }, asked.format, question.limit, abort)
        outcome = 'answered'
        rows = answer.rowCount
        if ('content' in answer) return sendFile(reply, site.site, asked.format as keyof typeof types, answer.content)
        const { columns, rows: cells, isCut } = answer
        const told: SqlAnswer = {
          columns: [...columns],
          rows: cells.map((row) => [...row]),
          isCut,
          through: through === undefined ? null : new Date(through).toISOString(),
        }
        return told
      } catch (error) {
        outcome = error instanceof QuestionError ? error.code : 'failed'
        throw toProblem(error)
      } finally {
        asking.delete(site.site)
        reply.raw.off('close', leave)
        // Who asked what of whom, for how long; neither the question nor the answer.
        const who = request.accesses.map(({ by, name }) => `${by} ${name}`).join(', ')
        const ms = Math.round(performance.now() - startedAt)
        if (outcome !== undefined)
          request.log.info(
            { audit: 'sql', who, site: site.site, format: asked.format, ms, rows, outcome },
            'asked in SQL',
          )
      }
    },
  )
}

function ask(
  questions: SqlQuestions,
  question: SqlQuestion,
  format: Format,
  limit: number,
  { signal }: AbortController,
) {
  return format === 'json' ? questions.ask(question, limit, signal) : questions.download(question, format, signal)
}

function tellMaking(reply: FastifyReply, { done, expected }: MakingAnswer['making']): MakingAnswer {
  reply.code(202).header('retry-after', 1)
  return { making: { done, expected } }
}

function sendFile(reply: FastifyReply, site: string, format: keyof typeof types, content: NodeJS.ReadableStream) {
  return reply
    .type(types[format])
    .header('content-disposition', `attachment; filename="${site.replace(/[^\w.-]/g, '_')}-sql.${format}"`)
    .send(content)
}

const codes: Record<QuestionErrorCode, ProblemCode> = {
  bad_sql: 'bad_sql',
  not_allowed: 'sql_not_allowed',
  too_slow: 'sql_too_large',
  too_large: 'sql_too_large',
  ended: 'sql_too_large',
  no_files: 'unavailable',
  cancelled: 'unavailable',
}

function toProblem(error: unknown): unknown {
  if (error instanceof QuestionError) {
    const { place, message } = error
    const where = place ? `Line ${place.line}, column ${place.column}: ` : ''
    return new Problem(codes[error.code], { message: `${where}${message}`, cause: error })
  }
  const { code } = error as { code?: unknown }
  if (code === 'object_missing' || code === 'object_corrupt' || code === 'worker_ended')
    return new Problem('facts_failed', { cause: error })
  return isUnavailable(error) ? new Problem('unavailable', { cause: error }) : error
}
