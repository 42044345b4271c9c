/** Runs the replays that wait, one after the other, and ends when none is left: the task of a deployment (cdk/replay.ts). */
import { pino } from 'pino'
import { consumerEnvironment } from '../runtime/process.ts'
import { runNext } from './run-next.ts'

const environment = consumerEnvironment(process.env)
const log = pino({ level: environment.settings.RETRACE_LOG_LEVEL, name: 'replay' })
while (await runNext(environment, log));
log.info('no replay waits any more')
