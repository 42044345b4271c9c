/** `npm run bench:ingest`: what durable answers cost, beside not storing at all and beside a record an event. */
import { randomInt } from 'node:crypto'
import { requestPool } from './bodies.ts'
import { type BenchOptions, help, parseBenchCommand } from './options.ts'
import { resultTable, summarize } from './results.ts'
import { measureRound, type RoundResult } from './round.ts'
import { findCores, pinSelf } from './server-process.ts'
import { startStores } from './stores.ts'
import { measureStreamBytes } from './stream-bytes.ts'

const eventsPerRequest = 5

class Interrupted extends Error {}

const command = parseBenchCommand(process.argv.slice(2))
if (command.kind === 'help') console.log(help)
else if (command.kind === 'wrong') fail(`${command.message} (--help lists the options)`, 2)
else await run(command.options)

async function run(options: BenchOptions): Promise<void> {
  const cores = findCores()
  if (cores) pinSelf(cores.others)
  const seed = randomInt(2 ** 32)
  const interrupted = interruption()
  const stores = await startStores(cores?.others)
  try {
    const pool = requestPool('demo', seed, eventsPerRequest)
    const rounds: RoundResult[] = []
    for (let round = 1; round <= options.rounds; round += 1) {
      const onStep = (step: string) => console.error(`round ${round} of ${options.rounds}: ${step}`)
      const measuring = measureRound({ ...options, env: stores.env, cores, pool, onStep })
      rounds.push(await Promise.race([measuring, interrupted]))
    }
    console.error('bytes in the stream')
    const stream = await Promise.race([measureStreamBytes(stores.env, cores, options.seconds, seed), interrupted])
    const result = summarize(rounds, stream, { ...options, eventsPerRequest, pinned: cores !== undefined })
    console.log(resultTable(result))
    if (options.json) console.log(JSON.stringify(result))
    if (result.failed > 0) process.exitCode = 1
  } catch (error) {
    fail(error instanceof Interrupted ? error.message : String(error), 1)
  } finally {
    await stores.stop()
  }
  // What was interrupted would go on measuring; the servers end with the process that started them.
  process.exit()
}

/** Rejects on Ctrl-C and SIGTERM. */
function interruption(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new Interrupted('Interrupted.')))
  // Whoever waits at that moment is told; nobody has to.
  promise.catch(() => undefined)
  return promise
}

function fail(message: string, exitCode: number): void {
  console.error(message)
  process.exitCode = exitCode
}
