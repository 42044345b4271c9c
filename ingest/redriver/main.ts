/** The redriver as a process: looks into the overflow now and then, and empties it as fast as Kinesis takes it. */
import { pino } from 'pino'
import { roundsService, runService } from '../../stream/service.ts'
import { readSettings } from '../../stream/settings.ts'
import { composeRedriver } from './compose.ts'
import { redrive } from './redrive.ts'

/** Between two looks into an empty overflow, two rounds of a full one, and two tries that Kinesis refused. */
const pauseMs = { empty: 2000, full: 100, refused: 2000 }

await runService(process, async () => {
  const settings = readSettings(process.env)
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'redriver' })
  const stores = composeRedriver(settings)
  return roundsService({
    async round() {
      const result = await redrive(stores).catch((err: unknown) => {
        log.warn({ err }, 'the overflow could not be redriven; trying again')
        return { redriven: 0, refused: true, empty: false }
      })
      if (result.redriven > 0) log.info(result, 'put back into the stream')
      return result.refused ? pauseMs.refused : result.empty ? pauseMs.empty : pauseMs.full
    },
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.error({ err }, 'the redriver did not stop cleanly'),
  })
})
