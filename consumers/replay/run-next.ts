/** Runs the replay that waits longest, with a log to watch it. */
import type { Logger } from 'pino'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { generationsOf } from './known.ts'
import { type RunListener, runReplay, takeReplay } from './run.ts'
import { nextOf } from './waiting.ts'
import { ReplayError } from './worker-messages.ts'
import { workerCount } from './workers.ts'

/**
 * That it fails stands in its record, and is no fault of whoever runs replays.
 *
 * @returns false when none waits
 * @throws what kept it from taking one: whoever looks at once again would find the same
 */
export async function runNext(environment: ConsumerEnvironment, log: Logger): Promise<boolean> {
  const next = nextOf(await generationsOf(environment).list(), Date.now())
  if (!next) return false
  const ofThis = log.child({ generation: next.id })
  const taken = await takeReplay(environment, next).catch((error: unknown) => {
    if (error instanceof ReplayError && error.code === 'not_taken') return undefined
    throw error
  })
  if (!taken) return true
  ofThis.info('a replay is taken up')
  try {
    const workers = workerCount(environment.settings.RETRACE_REPLAY_WORKERS)
    const { events, seconds, report } = await runReplay(environment, taken, workers, logging(ofThis))
    ofThis.info({ events, seconds, ...report.cells }, 'it is ready')
  } catch (err) {
    ofThis.error({ err }, 'it has ended without a result')
  }
  return true
}

function logging(log: Logger): RunListener {
  return {
    onStep: (text) => log.info(text),
    // How far it has come stands in the record.
    onEvents() {},
    onFolded() {},
    onPassedOver: (shard, sequence, reason) => log.error({ shard, sequence, reason }, 'a record is left out'),
  }
}
