/** What the commands of this folder have in common: how they read times, and how they end. */
import type { ArrivalRange } from '../consumers/archiver/read-archive.ts'

/** The command was called wrongly: its message is all that the caller needs, besides the usage. */
export class UsageError extends Error {}

const dayMs = 86_400_000

/** Runs a command; exit code 1 when it fails, 2 with the usage when it was called wrongly. */
export function runCommand(usage: string, main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const { message, code } = error as Error & { code?: unknown }
    const misused = error instanceof UsageError || String(code).startsWith('ERR_PARSE_ARGS')
    console.error(misused ? `${message}\n\n${usage}` : message)
    process.exit(misused ? 2 : 1)
  })
}

/**
 * The arrivals that `--from` and `--to` ask for: up to now, and for so many days, when they don't.
 *
 * @throws UsageError when a time is none, or the two are the wrong way round
 */
export function parseRange(
  values: { from?: string | undefined; to?: string | undefined },
  now: number,
  usualDays: number,
): ArrivalRange {
  const to = values.to === undefined ? now : parseTime('--to', values.to)
  const from = values.from === undefined ? to - usualDays * dayMs : parseTime('--from', values.from)
  if (from >= to) throw new UsageError('--from must lie before --to')
  return { from, to }
}

/** @throws UsageError when it is none, or less than `least` */
export function wholeNumber(option: string, text: string, least = 1): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new UsageError(`${option} must be a whole number from ${least}, not ${text}`)
  return number
}

function parseTime(option: string, text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new UsageError(`${option} must be a time such as 2026-03-10 or 2026-03-10T12:00Z`)
  return time
}
