/**
 * `npm run bench:facts`: how long an overview under two filters takes that cells do not hold together. Warm is a process that
 * has answered before, asked under filters that none had: nothing of the answer is kept. The same filters once more are told
 * apart.
 */
import { help, type Options, parseOptions } from './options.ts'
import { reportOverStores } from './over-stores.ts'
import { reportOverviews } from './overviews.ts'
import { reportVisits } from './visits.ts'

await run(process.argv.slice(2))

async function run(argv: string[]): Promise<void> {
  let options: Options
  try {
    options = parseOptions(argv)
  } catch (error) {
    console.error(`${(error as Error).message} (--help lists the options)`)
    process.exitCode = 2
    return
  }
  if (options.help) console.log(help)
  else if (options.files === undefined) await reportOverStores(options)
  else if (options.visits) await reportVisits(options.files, options)
  else await reportOverviews(options.files, options)
}
