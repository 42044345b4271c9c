/**
 * `npm run bench:facts`: how long an overview under two filters takes that cells do not hold together. Warm is a process that
 * has answered before, asked under filters that none had: nothing of the answer is kept. The same filters once more are told
 * apart.
 */
import { runCommand } from '../command.ts'
import { help, parseOptions } from './options.ts'
import { reportOverStores } from './over-stores.ts'
import { reportOverviews } from './overviews.ts'
import { reportVisits } from './visits.ts'

runCommand(help, async () => {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) console.log(help)
  else if (options.files === undefined) await reportOverStores(options)
  else if (options.visits) await reportVisits(options.files, options)
  else await reportOverviews(options.files, options)
})
