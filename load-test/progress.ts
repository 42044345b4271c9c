import { Presets, SingleBar } from 'cli-progress'
import type { Tally } from './tally.ts'

export type Progress = { update(tally: Tally, elapsedSeconds: number): void; stop(): void }

/** Seconds between two lines where there is no terminal to draw a bar on. */
const lineSeconds = 5

/** A bar on a terminal, a line now and then elsewhere; on stderr, so that stdout holds results alone. */
export function createProgress(durationSeconds: number, out: NodeJS.WriteStream): Progress {
  return out.isTTY ? bar(durationSeconds, out) : lines(durationSeconds, out)
}

function bar(durationSeconds: number, stream: NodeJS.WriteStream): Progress {
  const format = '{bar} {percentage}% | {value}/{total} s | {events} events | {accepted} accepted | {failed} failed'
  const single = new SingleBar({ format, stream, hideCursor: true, fps: 5 }, Presets.shades_classic)
  const total = Math.ceil(durationSeconds)
  single.start(total, 0, { events: 0, accepted: 0, failed: 0 })
  return {
    update: ({ events, accepted, failed }, elapsedSeconds) =>
      single.update(Math.min(total, Math.round(elapsedSeconds)), { events, accepted, failed }),
    stop: () => single.stop(),
  }
}

function lines(durationSeconds: number, stream: NodeJS.WriteStream): Progress {
  let nextAt = lineSeconds
  return {
    update({ events, accepted, failed }, elapsedSeconds) {
      if (elapsedSeconds < nextAt) return
      nextAt += lineSeconds
      const seconds = Math.min(elapsedSeconds, durationSeconds)
      stream.write(`${seconds.toFixed(0)} s: ${events} events, ${accepted} accepted, ${failed} requests failed\n`)
    },
    stop: () => undefined,
  }
}
