/** What a person at a terminal sees of a replay that runs. */
import type { RunListener } from '../../consumers/replay/run.ts'
import { createProgress, type Progress } from '../progress.ts'

export function onTerminal(): RunListener {
  let bar: Progress | undefined
  let startedAt = 0
  return {
    onStep: console.log,
    onEvents(done, expected) {
      if (!bar) {
        bar = createProgress('replay', expected ?? 0)
        startedAt = performance.now()
        return
      }
      const perSecond = Math.round((done / (performance.now() - startedAt)) * 1000)
      bar.update(done, `${count(done)} events, ${count(perSecond)} a second`)
    },
    onFolded: () => bar?.stop(),
    onPassedOver: (shardId, sequence, reason) =>
      console.error(`\n${shardId} ${sequence} is left out, the fold fails on it: ${reason}`),
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
