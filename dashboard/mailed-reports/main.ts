/** The reporter as a process: looks every minute whether a report is to be sent. */
import { pino } from 'pino'
import { roundsService, runService } from '../../stream/service.ts'
import { readSettings } from '../../stream/settings.ts'
import { createDynamoClient } from '../store/dynamo-client.ts'
import { composeReporter } from './compose.ts'

const lookEveryMs = 60_000

await runService(process, async () => {
  const settings = readSettings(process.env)
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'reporter' })
  const reporter = composeReporter(createDynamoClient(), settings, Date.now)
  return roundsService({
    async round(signal) {
      try {
        const { sent, failed, faults } = await reporter.round(signal)
        for (const err of faults) log.error({ err }, 'a report could not be made; trying again')
        if (sent + failed > 0) log.info({ sent, failed }, 'reports')
      } catch (err) {
        if (!signal.aborted) log.error({ err }, 'reports could not be looked after; trying again')
      }
      return lookEveryMs
    },
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.error({ err }, 'the reporter did not stop cleanly'),
  })
})
