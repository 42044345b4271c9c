/** A progress bar on a terminal, and a line now and then where there is none. */
import { Presets, SingleBar } from 'cli-progress'

export type Progress = { update: (done: number, note: string) => void; stop: () => void }

/** How often a log that is no terminal gets a line. */
const plainIntervalMs = 5000

/** @param total what `done` counts up to */
export function createProgress(name: string, total: number): Progress {
  const startedAt = Date.now()
  const bar = new SingleBar(
    {
      format: `${name} {bar} {percentage}% · {note}{left}`,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: plainIntervalMs,
    },
    Presets.shades_classic,
  )
  bar.start(Math.max(total, 1), 0, { note: 'starting', left: '' })
  return {
    update(done, note) {
      bar.update(Math.min(done, total), { note, left: timeLeft(done / total, Date.now() - startedAt) })
    },
    stop: () => bar.stop(),
  }
}

/** Says nothing for work that is done in a moment, nor before there is something to go by. */
function timeLeft(share: number, elapsedMs: number): string {
  const seconds = Math.round((elapsedMs / share - elapsedMs) / 1000)
  if (elapsedMs < 2000 || share <= 0 || seconds < 1) return ''
  const minutes = Math.floor(seconds / 60)
  return minutes > 0 ? ` · ${minutes} min ${seconds % 60} s left` : ` · ${seconds} s left`
}
