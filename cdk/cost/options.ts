/** The command line of `npm run cost`. */
import { parseArgs } from 'node:util'
import { regionNames } from './prices.ts'

export type CostCommand = {
  kind: 'cost'
  eventsPerDay: number
  sites: number
  /** Without it what the configuration says. */
  retentionDays?: number
  region: string
  json: boolean
  /** Of a deployment's own choices. */
  config?: string
  /** Where the plot goes. */
  plot?: string
}

export const help = `Says what a month costs: the deployment of cdk/config.ts in AWS, by service, beside one record per event and hosted services.

npm run cost -- --events-per-day N [options]

  --events-per-day N     1 to 1e12; 1e8 and 100_000_000 are the same
  --sites N              they share the events evenly (default 1)
  --retention-days N     how long the stream keeps records, 1 to 365 (default as configured)
  --region R             ${regionNames.join(' or ')} (default us-east-1)
  --config FILE          what the deployment wants otherwise, as for npm run deploy
  --plot FILE            draws the cost by volume, from 10,000 to 10 billion events a day, as SVG
  --json                 one JSON object as the last line`

/** @returns what to do, or what is wrong with the arguments in one sentence */
export function parseCostCommand(args: string[]): CostCommand | { kind: 'help' } | { kind: 'wrong'; message: string } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        'events-per-day': { type: 'string' },
        sites: { type: 'string', default: '1' },
        'retention-days': { type: 'string' },
        region: { type: 'string', default: 'us-east-1' },
        config: { type: 'string' },
        plot: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    if (values['events-per-day'] === undefined) return { kind: 'wrong', message: '--events-per-day is missing' }
    if (!regionNames.includes(values.region))
      return { kind: 'wrong', message: `no prices of ${values.region} here, only of ${regionNames.join(' and ')}` }
    if (values.plot === '') return { kind: 'wrong', message: '--plot needs the name of a file' }
    return {
      kind: 'cost',
      eventsPerDay: whole('--events-per-day', values['events-per-day'], 1e12),
      sites: whole('--sites', values.sites, 1e7),
      ...(values['retention-days'] !== undefined && {
        retentionDays: whole('--retention-days', values['retention-days'], 365),
      }),
      region: values.region,
      json: values.json,
      ...(values.config !== undefined && { config: values.config }),
      ...(values.plot !== undefined && { plot: values.plot }),
    }
  } catch (error) {
    return { kind: 'wrong', message: (error as Error).message }
  }
}

function whole(name: string, text: string, most: number): number {
  const value = /^\d[\d_]*(e\d+)?$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    throw new Error(`${name} must be a whole number from 1 to ${most.toLocaleString('en-US')}, not ${text}`)
  return value
}
