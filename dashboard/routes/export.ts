/** The archive of one site as Parquet, for its owners: made while it is downloaded, and held nowhere. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ArchiveDays } from '../../consumers/archiver/shapes/site-archive.ts'
import { Problem } from '../problems.ts'
import type { Store } from '../store/store.ts'
import { siteParams } from './query-schemas.ts'
import { object } from './schemas.ts'
import { findSite } from './sites.ts'

/** Each holds an object and some row groups of the archive: of a task of 512 MiB, two leave room for the figures. */
export const mostExports = 2
const parquet = 'application/vnd.apache.parquet'

type ExportQuery = { from?: string; to?: string }

export function registerExport(app: FastifyInstance, { store, now }: { store: Store; now: () => number }): void {
  let running = 0

  app.get<{ Params: { site: string }; Querystring: ExportQuery }>(
    '/api/sites/:site/export',
    {
      schema: {
        summary: 'Every archived event of a site, as Parquet',
        description:
          'Without days: everything. HEAD tells whether there is anything to download. An answer that is cut off is no whole file.',
        params: siteParams,
        querystring: object({ from: dayOf('First'), to: dayOf('Last') }, ['from', 'to']),
        produces: [parquet],
      },
    },
    async (request, reply) => {
      const asked = readDays(request.query)
      const { site } = await findSite(store, request.params.site)
      if (running >= mostExports) throw new Problem('too_many_exports', { retryAfterSeconds: 30 })
      // Taken before anything is waited for: two who ask at once do not both get the last place.
      running += 1
      let stream: Readable | undefined
      try {
        const days = await findDays(store, asked, now())
        reply.type(parquet).header('content-disposition', `attachment; filename="${fileName(site, days)}"`)
        if (request.method === 'HEAD') return reply.send()
        stream = Readable.from(store.archive.parquet(site, days), { objectMode: true, highWaterMark: 1 })
      } finally {
        if (!stream) running -= 1
      }
      const answer = stream
      answer.once('close', () => {
        running -= 1
      })
      // Whoever goes away ends the reading too, even before it has begun.
      reply.raw.once('close', () => answer.destroy())
      if (reply.raw.destroyed) answer.destroy()
      return reply.send(answer)
    },
  )
}

/** @throws Problem when the archive holds nothing of them */
async function findDays({ archive }: Store, { first, last }: Partial<ArchiveDays>, now: number): Promise<ArchiveDays> {
  const held = await archive.firstDay()
  const today = new Date(now).toISOString().slice(0, 10)
  if (held === undefined) throw new Problem('nothing_archived')
  // No more days are looked at than there are: each is a query.
  const days = {
    first: first !== undefined && first > held ? first : held,
    last: last !== undefined && last < today ? last : today,
  }
  if (days.first > days.last || !(await archive.holds(days))) throw new Problem('nothing_archived')
  return days
}

function readDays({ from, to }: ExportQuery): Partial<ArchiveDays> {
  for (const [name, day] of Object.entries({ from, to }))
    if (day !== undefined && !isDay(day))
      throw new Problem('bad_parameter', { message: `${name} must be a day such as 2026-11-23` })
  if (from !== undefined && to !== undefined && from > to)
    throw new Problem('bad_parameter', { message: 'from must not be after to' })
  return { ...(from !== undefined && { first: from }), ...(to !== undefined && { last: to }) }
}

/** A day of the calendar: the 30th of February is none, though `Date` takes it for the 2nd of March. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(text)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

const dayOf = (which: string) => ({ type: 'string', description: `${which} day of arrival, UTC, such as 2026-11-23` })
const fileName = (site: string, { first, last }: ArchiveDays) => `${site}-${first}-${last}.parquet`
