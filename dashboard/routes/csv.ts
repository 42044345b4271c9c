/** Answers as comma-separated values (RFC 4180), with a head. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { toCsv } from '../../consumers/facts/shapes/csv-text.ts'
import type { BreakdownAnswer, BreakdownDimension, TimeseriesAnswer } from '../answers.ts'

type Field = string | number | null

export type FormatQuery = { format?: 'json' | 'csv' }

/** What the parts of a value are called, where it has several. */
const partNames: Partial<Record<BreakdownDimension, readonly string[]>> = {
  target: ['text', 'selector'],
  rage: ['text', 'selector'],
  pageTarget: ['page', 'text', 'selector'],
  property: ['event', 'key', 'value'],
  vital: ['name', 'bucket'],
  position: ['page', 'screen', 'column', 'row'],
  scroll: ['page', 'percent'],
  frustration: ['page', 'event', 'selector'],
}

export function wantsCsv({ headers, query }: FastifyRequest): boolean {
  const { format } = query as FormatQuery
  return format === undefined ? /^text\/csv\b/.test(headers.accept ?? '') : format === 'csv'
}

/** @param name of the file that a browser saves it as, without its end */
export function sendCsv(reply: FastifyReply, name: string, csv: string): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.csv"`)
    .send(csv)
}

export function breakdownToCsv({ dimension, rows }: BreakdownAnswer): string {
  const names = partNames[dimension] ?? [dimension]
  const figures = Object.keys(figuresOf(rows[0]))
  return toCsv([
    [...names, ...figures],
    ...rows.map(({ value, ...row }) => [...partsOf(value, names), ...(Object.values(row) as Field[])]),
  ])
}

export function timeseriesToCsv({ points }: TimeseriesAnswer): string {
  return toCsv([Object.keys(points[0] ?? {}), ...points.map((point) => Object.values(point) as Field[])])
}

function figuresOf(row: BreakdownAnswer['rows'][number] | undefined): Record<string, unknown> {
  const { value: _, ...figures } = row ?? { value: '' }
  return figures
}

/** A value with fewer parts than names lacks the first of them but the page: a target without a text. */
function partsOf(value: string, names: readonly string[]): string[] {
  const parts = value.split('\u0000')
  const missing = Math.max(0, names.length - parts.length)
  const at = names[0] === 'page' ? 1 : 0
  return [...parts.slice(0, at), ...new Array<string>(missing).fill(''), ...parts.slice(at)].slice(0, names.length)
}
