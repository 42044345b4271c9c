/** `npm run detection`: two simulated weeks of sites, what is done to them, and what is found of it. */
import { parseArgs } from 'node:util'
import { watchParts } from '../../consumers/anomaly-detector/watch/parts.ts'
import { runCommand, UsageError } from '../command.ts'
import { runSite } from './run.ts'
import { incidentKinds } from './script.ts'

const help = `Simulates sites for 14 days, through what judges a site (consumers/anomaly-detector/watch), and says what it found.

npm run detection -- --sites 10 --per-minute 600

  --sites N        how many sites (10), each with a seed of its own
  --first-seed N   the seed of the first site (1); those after it have the numbers that follow
  --per-minute N   page views in the busiest minutes of a site (600)
  --without PART   goes without a part of what watches: ${watchParts.join(', ')}
                   (may be given several times)
  --quiet          nothing is done to them: whatever is found is wrong
  --help           this text`

const soonMs = 180_000

runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      sites: { type: 'string', default: '10' },
      'first-seed': { type: 'string', default: '1' },
      'per-minute': { type: 'string', default: '600' },
      without: { type: 'string', multiple: true, default: [] },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  const sites = Number(values.sites)
  const perMinute = Number(values['per-minute'])
  if (!Number.isInteger(sites) || sites < 1) throw new UsageError('--sites must be a whole number, 1 or more')
  const firstSeed = Number(values['first-seed'])
  if (!Number.isInteger(firstSeed) || firstSeed < 0)
    throw new UsageError('--first-seed must be a whole number, 0 or more')
  if (!(perMinute > 0)) throw new UsageError('--per-minute must be a number above 0')
  const without = values.without.map((part) => {
    const known = watchParts.find((each) => each === part)
    if (known === undefined) throw new UsageError(`--without ${part}: there are ${watchParts.join(', ')}`)
    return known
  })
  const runs = Array.from({ length: sites }, (_, i) =>
    runSite({ seed: firstSeed + i, perMinute, days: 14, scripted: !values.quiet, without }),
  )
  const everything = runs.flatMap(({ found }) => found)
  for (const kind of values.quiet ? [] : incidentKinds) {
    const all = everything.filter((one) => one.kind === kind)
    const found = all.map(({ afterMs }) => afterMs).filter((afterMs) => afterMs !== undefined)
    const inTime = found.filter((afterMs) => afterMs <= soonMs).length
    const seconds = (ms: number | undefined) => `${Math.round((ms ?? 0) / 1000)} s`
    const sorted = found.toSorted((a, b) => a - b)
    const times = `, half of them within ${seconds(sorted[Math.floor((sorted.length - 1) / 2)])}, the slowest after ${seconds(sorted.at(-1))}`
    console.log(
      `${kind.padEnd(11)} ${found.length} of ${all.length} found, ${inTime} within three minutes${found.length > 0 ? times : ''}`,
    )
  }
  for (const { seed, wrong } of runs)
    for (const { at, series, peak } of wrong) {
      const { metric, dimension, value } = series
      const name = [metric, dimension, value].filter((part) => part !== undefined).join(' ')
      console.log(
        `wrong       site ${seed}, ${new Date(at).toISOString()}: ${name} ${peak.observed} where ${peak.expected.toPrecision(3)} was usual`,
      )
    }
  const wrong = runs.reduce((sum, run) => sum + run.wrong.length, 0)
  const weeks = runs.reduce((sum, run) => sum + run.weeks, 0)
  console.log(`wrong       ${wrong} in ${weeks} weeks of a site`)
})
