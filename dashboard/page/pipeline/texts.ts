/** What the pipeline page says; it comes with the page. What it is called is in the page's own texts. */
import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  toFigures: 'Back to the figures',
  way: 'The way of an event',
  endpoint: { name: 'Endpoint', task: 'answers once events are durable' },
  stream: {
    name: 'Stream',
    shards: (count: number) => (count === 1 ? '1 shard' : `${count} shards`),
  },
  consumers: {
    aggregator: { name: 'Aggregator', task: 'figures for the dashboards' },
    archiver: { name: 'Archiver', task: 'every event, for good' },
    'anomaly-detector': { name: 'Anomaly detector', task: 'what is out of the ordinary' },
  },
  aside: {
    overflow: { name: 'Overflow', about: 'batches that wait to be put into the stream' },
    quarantine: { name: 'Quarantine', about: 'records that a consumer passed over' },
    orMore: (shown: string) => `${shown} or more`,
    oldest: (time: string) => `the oldest for ${time}`,
    unknown: 'not known: the bucket cannot be listed',
    help: 'What to do:',
  },
  states: { fine: 'On time', behind: 'Falling behind', silent: 'Silent', unknown: 'No report yet' },
  silentFor: (time: string) => `Silent for ${time}`,
  behind: 'behind',
  records: (records: number, shown: string) => `${shown} ${records === 1 ? 'record' : 'records'} waiting`,
  unknownRecords: 'records not known',
  gathers: (time: string) => `gathers for ${time}`,
  rate: (shown: string) => `${shown} records/s`,
  ledger: {
    title: (from: string, to: string) => `What became of the events, ${from} to ${to}`,
    rows: {
      accepted: 'Accepted',
      aggregated: 'In the figures',
      duplicate: 'Seen before',
      filtered: 'Left out',
      quarantined: 'Set aside',
      archived: 'Archived',
    },
    about: {
      accepted: 'Events that the endpoint acknowledged',
      aggregated: 'Counted by the aggregator',
      duplicate: 'Second copies, which count once',
      filtered: 'Of bots, and what else rules keep out of the figures',
      quarantined: 'In records that could not be handled: npm run quarantine',
      archived: 'In the archive, or set aside byte for byte',
    },
    nothing: 'No event arrived in that hour.',
    balanced: 'It adds up: what was accepted is in the figures, seen before, left out or set aside, and archived.',
    unbalanced: 'It does not add up. If no consumer is behind, npm run reconcile names the minute and the shard.',
  },
  shards: 'Shards',
  shard: (number: number) => `Shard ${number}`,
  lastHandled: (time: string) => `last record handled at ${time}`,
  nothingHandled: 'no record handled yet',
  sparkline: (most: string) => `Last minutes: at most ${most} behind`,
  incidents: {
    title: 'Incidents of the pipeline',
    lead: 'What lags, what the ledger misses, and what the endpoint rejects. A consumer is told of when it is further behind than it gathers on purpose, and a minute, two minutes in a row.',
    none: (days: string) => `Nothing in the last ${days} days.`,
    lag: (consumer: string) => `${consumer} lags behind`,
    unaccounted: 'Events are missing from the ledger',
    rejectRate: 'The endpoint rejects unusually many events',
    peak: {
      lag: (observed: string, limit: string) => `${observed} behind; more than ${limit} is too much`,
      unaccounted: (observed: string) => `${observed} events that one of the consumers has not accounted for`,
      rejectRate: (observed: string, high: string) => `${observed} of the events, up to ${high} is normal`,
    },
    who: 'Who is told of them',
  },
  note: 'Behind is the age of the oldest record that is not handled yet. Each consumer gathers records for a while before it writes, the archiver longest: so to be that far behind is normal. One that should report and does not is silent, and falls behind until it is back.',
} as const

export const pipelineTexts = pickTexts(en, de)
