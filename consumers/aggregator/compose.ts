import type { Consumer } from '../runtime/consumer.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { takingRetriesOnce } from '../runtime/retries.ts'
import { createAggregator } from './aggregator.ts'
import { createCellStore } from './cell-store.ts'
import { createCutStore } from './cuts.ts'

/** The aggregator with its stores, for either host. */
export function composeAggregator(environment: ConsumerEnvironment): Consumer {
  const { clients, table, settings } = environment
  const aggregator = createAggregator({
    ...environment,
    cells: createCellStore(clients.dynamo, table),
    cuts: createCutStore(clients.dynamo, table('control')),
    breakdownDelayMs: settings.RETRACE_BREAKDOWN_DELAY_MS,
    now: Date.now,
  })
  return takingRetriesOnce(aggregator, environment.objects)
}
