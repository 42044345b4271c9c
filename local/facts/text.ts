/** Answers of `npm run facts` as text. */
import { factColumns } from '../../consumers/facts/shapes/fact-columns.ts'
import type { FactsTable } from '../../consumers/facts/shapes/facts-database.ts'

export const formats = ['table', 'csv', 'json'] as const
export type Format = (typeof formats)[number]

export function schemaText(): string {
  const width = Math.max(...factColumns.map(([name]) => name.length))
  return factColumns.map(([name, type]) => `${name.padEnd(width)}  ${type}`).join('\n')
}

export function answerText({ columns, rows }: FactsTable, format: Format): string {
  const texts = rows.map((row) => row.map(toText))
  if (format === 'csv') return [columns, ...texts].map((row) => row.map(csvField).join(',')).join('\r\n')
  if (format === 'json')
    return rows
      .map((row) => JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, toJson(row[i])]))))
      .join('\n')
  const lines = [columns, ...texts].map((row) => row.map(visible))
  const widths = columns.map((_, i) => Math.max(...lines.map((row) => row[i]?.length ?? 0)))
  const isNumber = columns.map((_, i) => rows.every((row) => ['number', 'bigint'].includes(typeof (row[i] ?? 0))))
  return lines
    .map((row) => row.map((text, i) => (isNumber[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0))))
    .map((row) => row.join('  ').trimEnd())
    .join('\n')
}

function toText(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}

/** Numbers as numbers, where JSON has them exactly; all else as text. */
function toJson(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return value ?? null
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value)
  return String(value)
}

/** Parts of a value are divided by NUL, which terminals swallow. */
function visible(text: string): string {
  return text.replaceAll('\u0000', ' · ').replace(/\p{Cc}/gu, '\ufffd')
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
