import type { Consumer } from '../runtime/consumer.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { takingRetriesOnce } from '../runtime/retries.ts'
import { createAlertStore } from './alerts.ts'
import { createAnomalyDetector } from './detector.ts'
import { createMinuteStore } from './minutes.ts'

/** The anomaly detector with its stores, for either host. */
export function composeAnomalyDetector(environment: ConsumerEnvironment): Consumer {
  const { clients, table } = environment
  const detector = createAnomalyDetector({
    ...environment,
    minutes: createMinuteStore(clients.dynamo, table('minutes')),
    alerts: createAlertStore(clients.dynamo, table('alerts')),
  })
  return takingRetriesOnce(detector, environment.objects)
}
