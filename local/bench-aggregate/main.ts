/** `npm run bench:aggregate`: how fast the aggregator is, what its writes cost and how much it remembers. */
import { parseArgs } from 'node:util'
import { median } from '../../load-test/bench/median.ts'
import { runCommand, wholeNumber } from '../command.ts'
import { measureThroughput, measureWriteUnits, paceOf, startAt, throughputBatches } from './measure.ts'
import { measureStateMemory } from './memory.ts'

const help = `Measures the aggregator in memory: decode, fold and cells; DynamoDB write units; the memory of its state.

npm run bench:aggregate -- [options]

  --rounds N     how often throughput is measured; the median is reported (default 5)
  --events N     events a round (default 200000)
  --visitors N   measure the memory of a shard's state with so many visitors, and nothing else
  --save-every N seconds of stream time between two saves, which write everything (default 300, as deployed)
  --seed N       draws the traffic (default 1)
  --json         one JSON object as the last line`

const flushes = { busy: 5000, small: 15_000 } as const
const smallSites = Array.from({ length: 1000 }, (_, i) => `site-${i}`)

type Asked = { rounds: number; events: number; seed: number; saveSeconds: number; json: boolean }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      events: { type: 'string', default: '200000' },
      visitors: { type: 'string' },
      'save-every': { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  const { json } = values
  const seed = wholeNumber('--seed', values.seed, 0)
  if (values.visitors !== undefined) return reportMemory(wholeNumber('--visitors', values.visitors), seed, json)
  await reportSpeed({
    rounds: wholeNumber('--rounds', values.rounds),
    events: wholeNumber('--events', values.events),
    saveSeconds: wholeNumber('--save-every', values['save-every']),
    seed,
    json,
  })
}

function reportMemory(visitors: number, seed: number, json: boolean): void {
  const memory = measureStateMemory(visitors, seed, startAt)
  console.log(
    `${count(memory.visitors)} visitors: ${memory.residentMiB.toFixed(0)} MiB resident, ${memory.heapMiB.toFixed(0)} MiB of them heap`,
  )
  if (json) console.log(JSON.stringify(memory))
}

async function reportSpeed({ rounds, events, seed, saveSeconds, json }: Asked): Promise<void> {
  const batches = throughputBatches(events, seed)
  const pace = paceOf(saveSeconds * 1000)
  const step = (name: string) => console.error(name)
  step('once for the compiler')
  await measureThroughput(batches, pace)
  const speeds: number[] = []
  let aggregated = 0
  for (let round = 0; round < rounds; round += 1) {
    step(`round ${round + 1} of ${rounds}`)
    const { events: counted, perSecondAndCore } = await measureThroughput(batches, pace)
    speeds.push(perSecondAndCore)
    aggregated += counted
  }
  step('writes of one site')
  const busy = await measureWriteUnits(['demo'], flushes.busy, pace, seed)
  step(`writes of ${count(smallSites.length)} sites`)
  const small = await measureWriteUnits(smallSites, flushes.small, pace, seed)
  const result = {
    eventsPerSecondPerCore: Math.round(median(speeds)),
    spread: [Math.round(Math.min(...speeds)), Math.round(Math.max(...speeds))],
    events: aggregated,
    rounds,
    writeUnitsPerThousandEvents: {
      busySite: tenth(busy.perThousandEvents),
      smallSites: tenth(small.perThousandEvents),
    },
    largestItemBytes: Math.max(busy.largestItemBytes, small.largestItemBytes),
  }
  console.log(
    [
      `events a second and core            ${count(result.eventsPerSecondPerCore)} (${result.spread.map(count).join(' to ')} over ${rounds} rounds)`,
      `write units a 1,000 events, 2,000 events/s`,
      `  one site, written every 5 s       ${busy.perThousandEvents.toFixed(1)}`,
      `  1,000 sites, written every 15 s   ${small.perThousandEvents.toFixed(1)}`,
      `largest item                        ${count(result.largestItemBytes)} bytes`,
    ].join('\n'),
  )
  if (json) console.log(JSON.stringify(result))
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

runCommand(help, main)
