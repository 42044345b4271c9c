/** How far consumers are behind, as Prometheus reads it (text exposition format 0.0.4). */
import type { ConsumerLag } from '../answers.ts'

type Family = { name: string; type: 'gauge' | 'counter'; help: string; value: (lag: ConsumerLag) => number | null }

const families: readonly Family[] = [
  {
    name: 'lag_seconds',
    type: 'gauge',
    help: 'Age of the oldest record that is not handled; it grows while the consumer is silent.',
    value: ({ behindSeconds }) => behindSeconds,
  },
  {
    name: 'lag_records',
    type: 'gauge',
    help: 'Records not handled: those read counted, those not read estimated. Absent where nobody knows.',
    value: ({ behindRecords }) => behindRecords,
  },
  {
    name: 'silent_seconds',
    type: 'gauge',
    help: 'Time since the last report of a consumer that should have made one; 0 while it does.',
    value: ({ silentSeconds }) => silentSeconds,
  },
  {
    name: 'window_seconds',
    type: 'gauge',
    help: 'Time for which the consumer gathers records on purpose.',
    value: ({ windowSeconds }) => windowSeconds,
  },
  {
    name: 'last_handled_timestamp_seconds',
    type: 'gauge',
    help: 'When the last record was handled.',
    value: ({ handledAt }) => (handledAt === null ? null : Date.parse(handledAt) / 1000),
  },
  {
    name: 'records_handled_total',
    type: 'counter',
    help: 'Records handled since the consumer started.',
    value: ({ handledRecords }) => handledRecords,
  },
]

export function lagMetrics(lags: readonly ConsumerLag[]): string {
  const lines = families.flatMap(({ name, type, help, value }) => [
    `# HELP retrace_consumer_${name} ${help}`,
    `# TYPE retrace_consumer_${name} ${type}`,
    ...lags.flatMap((lag) => {
      const sample = value(lag)
      return sample === null
        ? []
        : [`retrace_consumer_${name}{consumer="${lag.consumer}",shard="${lag.shard}"} ${sample}`]
    }),
  ])
  return `${lines.join('\n')}\n`
}
