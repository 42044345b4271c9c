/** A bar on a terminal, lines elsewhere; on stderr, so that stdout holds results alone. */
import { Presets, SingleBar } from 'cli-progress'
import type { Load } from './load.ts'

export type ChaosProgress = {
  say(line: string): void
  /** @param kills so far */
  kill(kills: number, load: Load): void
  done(): void
}

const format = '{bar} {value}/{total} kills | {acknowledged} events acknowledged | {unknown} requests of unknown fate'

export function createProgress(kills: number, out: NodeJS.WriteStream): ChaosProgress {
  const say = (line: string) => void out.write(`${line}\n`)
  return out.isTTY ? { say, ...bar(kills, out) } : { say, ...lines(kills, out) }
}

function bar(kills: number, stream: NodeJS.WriteStream): Omit<ChaosProgress, 'say'> {
  const single = new SingleBar({ format, stream, hideCursor: true, fps: 5 }, Presets.shades_classic)
  return {
    kill(soFar, { acknowledged, counts }) {
      const payload = { acknowledged: acknowledged.size, unknown: counts.unknown }
      if (!single.isActive) single.start(kills, soFar, payload)
      else single.update(soFar, payload)
    },
    done: () => single.stop(),
  }
}

function lines(kills: number, out: NodeJS.WriteStream): Omit<ChaosProgress, 'say'> {
  const every = Math.max(1, Math.round(kills / 10))
  return {
    kill(soFar, { acknowledged }) {
      if (soFar % every === 0) out.write(`${soFar} kills: ${acknowledged.size} events acknowledged\n`)
    },
    done: () => undefined,
  }
}
