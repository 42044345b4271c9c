/** A function's cold start, in a process of its own: imports the bundle, hands it one event, says how long each took. */
export type ColdStart = {
  /** Milliseconds from the start of the process to the first line of ours. */
  nodeMs: number
  importMs: number
  firstEventMs: number
  residentMiB: number
}

const nodeMs = performance.now()
/** Enough for any of them to begin. */
const minutesLeft = 10
const [, , bundle, event] = process.argv
const { handler } = (await import(`${bundle}`)) as {
  handler: (event: unknown, context: { getRemainingTimeInMillis: () => number }) => Promise<unknown>
}
const imported = performance.now()
const answer = await handler(JSON.parse(`${event}`), { getRemainingTimeInMillis: () => minutesLeft * 60_000 })
const handled = performance.now()
const { statusCode = 200 } = (answer ?? {}) as { statusCode?: number }
if (JSON.stringify(answer)?.includes('itemIdentifier') || statusCode !== 200)
  throw new Error(`it could not handle its event: ${event}`)
const measured: ColdStart = {
  nodeMs,
  importMs: imported - nodeMs,
  firstEventMs: handled - imported,
  residentMiB: process.memoryUsage.rss() / 2 ** 20,
}
console.log(JSON.stringify(measured))
process.exit(0)
