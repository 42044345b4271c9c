/** `npm run bench:replay`: how fast the archive is read and folded again. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from '../../load-test/bench/median.ts'
import { runCommand, wholeNumber } from '../command.ts'
import { writeArchive } from './folder-archive.ts'
import {
  benchTask,
  decodeTraffic,
  drawTraffic,
  foldDirectly,
  type Round,
  replayInProcesses,
  replayInThreads,
  replayOnce,
  sameCells,
} from './measure.ts'

const help = `Measures a replay: an archive of load-test traffic in a temporary folder, read and folded into cells in memory.

npm run bench:replay -- [options]

  --rounds N   how often each is measured, at least 1; of events a second the median is reported (default 2)
  --events N   events in the archive (default 200000)
  --seed N     draws the traffic (default 1)
  --json       one JSON object as the last line`

/** As many as the archiver puts into one object when it writes every 15 seconds at 1,000 events a second. */
const recordsPerObject = 300
/** Five seconds of the stream, as in bench:aggregate. */
const batchRecords = 100

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '2' },
      events: { type: 'string', default: '200000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  await report(
    wholeNumber('--rounds', values.rounds),
    wholeNumber('--events', values.events),
    wholeNumber('--seed', values.seed, 0),
    values.json,
  )
}

async function report(rounds: number, events: number, seed: number, json: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-bench-'))
  try {
    const traffic = drawTraffic(events, seed)
    await writeArchive(folder, await decodeTraffic(traffic), recordsPerObject)
    const task = benchTask(Date.now())
    // Once for the compiler, and to compare.
    const live = await foldDirectly(traffic, batchRecords)
    const first = await replayOnce(folder, task)
    const identical = sameCells(live.cells, first.cells)

    const replays: Round[] = []
    const folds: Round[] = []
    const threads = { one: [] as number[], two: [] as number[] }
    const processes = { one: [] as number[], two: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      replays.push(await replayOnce(folder, task))
      folds.push(await foldDirectly(traffic, batchRecords))
      threads.one.push(await replayInThreads(folder, task, 1))
      threads.two.push(await replayInThreads(folder, task, 2))
      processes.one.push(await replayInProcesses(folder, task, 1))
      processes.two.push(await replayInProcesses(folder, task, 2))
    }
    const speeds = replays.map(({ perSecondAndCore }) => perSecondAndCore)
    const reference = median(folds.map(({ perSecondAndCore }) => perSecondAndCore))
    const result = {
      eventsPerSecondPerCore: Math.round(median(speeds)),
      spread: [Math.round(Math.min(...speeds)), Math.round(Math.max(...speeds))],
      events: replays.reduce((sum, round) => sum + round.events, 0),
      rounds,
      identical,
      /** Against decode and fold of the same records, without an archive. */
      foldedPerSecondPerCore: Math.round(reference),
      ratio: hundredth(median(speeds) / reference),
      speedUpWithTwoThreads: speedUp(threads),
      /** What the machine allows: two that share nothing. */
      speedUpWithTwoProcesses: speedUp(processes),
    }
    console.log(
      [
        `events a second and core      ${count(result.eventsPerSecondPerCore)} (${result.spread.map(count).join(' to ')} over ${rounds} rounds)`,
        `the fold alone, from records  ${count(result.foldedPerSecondPerCore)}; the replay is ${result.ratio} of it`,
        `two threads against one       ${result.speedUpWithTwoThreads} times as fast; two processes ${result.speedUpWithTwoProcesses} times`,
        `cells                         ${identical ? 'the same to the byte' : 'DIFFERENT'}`,
      ].join('\n'),
    )
    if (json) console.log(JSON.stringify(result))
    if (!identical) process.exitCode = 1
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** By the quickest rounds: what else runs on the machine only ever takes cores away. */
function speedUp({ one, two }: { one: number[]; two: number[] }): number {
  return hundredth(Math.min(...one) / Math.min(...two))
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function hundredth(value: number): number {
  return Math.round(value * 100) / 100
}

runCommand(help, main)
