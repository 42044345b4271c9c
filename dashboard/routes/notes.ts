/** Notes at the chart of a site: what happened then, in the words of who edits it, for everybody who sees its figures. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type Note, noteId } from '../../consumers/eraser/shapes/notes.ts'
import type { Site } from '../../stream/site.ts'
import { maxNoteLength, type NoteAnswer, type NotesAnswer } from '../note-answers.ts'
import { Problem } from '../problems.ts'
import { type Bound, boundForm, type PeriodQuery, parseBound, parsePeriod } from '../query/period.ts'
import type { Store } from '../store/store.ts'
import { entryParams } from './access-schemas.ts'
import { period, query, siteParams } from './query-schemas.ts'
import { list, object, type Schema, text, time } from './schemas.ts'
import { findSite } from './sites.ts'

export type NotesOptions = { store: Store; now: () => number }

type NoteBody = { at: string; text: string }

/** Ten years of one a week. The chart groups them, and a question for all time reads them all. */
const maxNotes = 500
const dayMs = 86_400_000
const minuteMs = 60_000
/** Keys have years of four digits, and a slip of the pen is no plan. */
const earliest = Date.parse('1970-01-02T00:00Z')
const aheadMs = 366 * dayMs
/** On one line. */
const printable = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u

const note = {
  id: text('Its name'),
  at: time('The minute; of a day, when that begins at the site'),
  day: { type: ['string', 'null'], description: 'The day at the site; null: it is at a minute' },
  text: text('What was written'),
}
const notesSchema = object({ notes: list(object(note)) })
const bodySchema: Schema = {
  type: 'object',
  required: ['at', 'text'],
  additionalProperties: false,
  properties: {
    at: {
      type: 'string',
      maxLength: 40,
      description: "A date (2026-11-23), or a date and time (2026-11-23T10:20Z; without an offset, in the site's zone)",
    },
    text: { type: 'string', minLength: 1, maxLength: maxNoteLength, description: 'One line' },
  },
}

export function registerNotes(app: FastifyInstance, { store, now }: NotesOptions): void {
  app.get<{ Params: { site: string }; Querystring: PeriodQuery }>(
    '/api/sites/:site/notes',
    {
      schema: {
        summary: 'What was noted at the chart, by time',
        params: siteParams,
        querystring: query(period),
        response: { 200: notesSchema },
      },
    },
    async ({ params, query: asked }): Promise<NotesAnswer> => {
      const site = await findSite(store, params.site)
      const result = parsePeriod(asked, site, now())
      if (!result.ok) throw new Problem('bad_parameter', { message: result.message })
      const { from, to } = result.period
      // A day of the site may have begun on the day of UTC before, and end on the one after.
      const first = Math.max(from, earliest) - dayMs
      const last = Math.min(to, now() + aheadMs) + dayMs
      const notes = first < last ? await store.notes.list(site.site, utcDay(first), utcDay(last)) : []
      return { notes: notes.flatMap((each) => answersOf(each, site, from, to)).sort(byTime) }
    },
  )

  app.post<{ Params: { site: string }; Body: NoteBody }>(
    '/api/sites/:site/notes',
    {
      schema: {
        summary: 'Note something at the chart',
        params: siteParams,
        body: bodySchema,
        response: { 201: object(note) },
      },
    },
    async ({ params, body }, reply) => {
      const site = await findSite(store, params.site)
      if (site.closedAt !== undefined) throw new Problem('site_closed')
      const written = body.text.trim()
      if (!printable.test(written))
        throw new Problem('bad_body', { message: 'text must be one line that says something' })
      const bound = boundOf(body.at, site.timeZone, now())
      if ((await store.notes.count(site.site)) >= maxNotes)
        throw new Problem('too_many_entries', { message: `A site has ${maxNotes} notes at most. Delete some first.` })
      const moment = bound.timeOfDay ? utcMinute(bound.start) : body.at
      const added = { id: noteId(moment, randomBytes(8).toString('hex')), time: moment, text: written }
      await store.notes.add(site.site, added)
      return reply.code(201).send(toAnswer(added, bound))
    },
  )

  app.post<{ Params: { site: string; id: string } }>(
    '/api/sites/:site/notes/:id/delete',
    { schema: { summary: 'Delete a note', params: entryParams, response: { 200: object({ id: note.id }) } } },
    async ({ params }) => {
      const { site } = await findSite(store, params.site)
      if (!(await store.notes.remove(site, params.id))) throw new Problem('unknown_note')
      return { id: params.id }
    },
  )
}

/** @throws Problem 400 when it is no day and no minute, or too far away */
function boundOf(at: string, timeZone: string, now: number): Bound {
  const bound = parseBound(at, timeZone)
  if (!bound) throw new Problem('bad_body', { message: `at ${boundForm}` })
  if (bound.start < earliest || bound.start > now + aheadMs)
    throw new Problem('bad_body', { message: 'at must be after 1970-01-01, and at most a year from now' })
  if (!bound.timeOfDay) return bound
  const start = Math.floor(bound.start / minuteMs) * minuteMs
  return { ...bound, start, end: start }
}

/** @returns nothing where it does not touch the period, or is of a kind that a later version knows */
function answersOf(each: Note, { timeZone }: Site, from: number, to: number): NoteAnswer[] {
  const bound = parseBound(each.time, timeZone)
  if (!bound || bound.start >= to || (bound.timeOfDay ? bound.start + minuteMs : bound.end) <= from) return []
  return [toAnswer(each, bound)]
}

function toAnswer({ id, time: moment, text: written }: Note, { start, timeOfDay }: Bound): NoteAnswer {
  return { id, at: new Date(start).toISOString(), day: timeOfDay ? null : moment, text: written }
}

function byTime(a: NoteAnswer, b: NoteAnswer): number {
  return Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1)
}

function utcDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function utcMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length)}Z`
}
