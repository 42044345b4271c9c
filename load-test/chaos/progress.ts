/** A bar on a terminal, lines elsewhere; on stderr, so that stdout holds results alone. */
import { Presets, SingleBar } from 'cli-progress'
import type { ChaosProgress } from './run.ts'

const format = '{bar} {value}/{total} kills | {acknowledged} events acknowledged | {unknown} requests of unknown fate'

export function createProgress(kills: number, out: NodeJS.WriteStream): ChaosProgress {
  const say = (line: string) => void out.write(`${line}\n`)
  return out.isTTY ? { say, ...bar(kills, out) } : { say, ...lines(kills, out) }
}

function bar(kills: number, stream: NodeJS.WriteStream): Omit<ChaosProgress, 'say'> {
  const single = new SingleBar({ format, stream, hideCursor: true, fps: 5 }, Presets.shades_classic)
  return {
    kill(rounds, { acknowledged, counts }) {
      const payload = { acknowledged: acknowledged.size, unknown: counts.unknown }
      if (!single.isActive) single.start(kills, rounds.kills, payload)
      else single.update(rounds.kills, payload)
    },
    done: () => single.stop(),
  }
}

function lines(kills: number, out: NodeJS.WriteStream): Omit<ChaosProgress, 'say'> {
  const every = Math.max(1, Math.round(kills / 10))
  return {
    kill(rounds, { acknowledged }) {
      if (rounds.kills % every === 0) out.write(`${rounds.kills} kills: ${acknowledged.size} events acknowledged\n`)
    },
    done: () => undefined,
  }
}
