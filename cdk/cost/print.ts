/** What `npm run cost` says, and its JSON. */
import type { DeploymentConfig } from '../config.ts'
import { type HostedService, hostedMonthly, hostedServices } from './hosted.ts'
import type { Bill, ByService } from './model.ts'
import { daysPerMonth } from './month.ts'
import type { CostCommand } from './options.ts'
import { type RegionPrices, unconfirmed } from './prices.ts'

const serviceNames: Record<keyof ByService, string> = {
  kinesis: 'Kinesis',
  consumersLambda: 'Lambda: consumers',
  dynamodb: 'DynamoDB',
  s3: 'S3',
  endpoint: 'Endpoint',
  loadBalancer: 'Load balancer',
  firewall: 'Firewall',
  dashboard: 'Fargate: dashboard',
  dataTransferOut: 'Data to browsers',
  schedules: 'Lambda: schedules',
  logs: 'CloudWatch logs',
  monitoring: 'Alarms and metrics',
  secrets: 'Secrets Manager',
}

export type Answer = {
  command: CostCommand
  config: DeploymentConfig
  bill: Bill
  single: Bill
  prices: RegionPrices
}

export function describe({ command, config, bill, single, prices }: Answer): string {
  const { eventsPerDay, sites, region } = command
  const { retentionDays } = config.stream
  const { traffic } = bill
  const eventsPerMonth = eventsPerDay * daysPerMonth
  const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 1 })
  const [first, last] = dates(Object.values(prices))
  const uncertain = unconfirmed(prices)
  const lines = [
    `${count(eventsPerDay)} events a day on ${count(sites)} ${sites === 1 ? 'site' : 'sites'}, ${region}, stream kept for ${retentionDays} days; dollars a month`,
    `(${count(traffic.eventsPerSecond / traffic.recordsPerSecond)} events a record, ${count((traffic.recordsPerSecond * traffic.recordBytes) / traffic.eventsPerSecond)} bytes an event, ${traffic.shards} shards, ${config.endpointHost === 'lambda' ? 'the endpoint a function' : `${traffic.endpointTasks} tasks of the endpoint`})`,
    '',
    `${''.padEnd(22)}${'Retrace'.padStart(16)}${'one record per event'.padStart(24)}`,
    ...Object.entries(serviceNames).map(([key, name]) => {
      const service = key as keyof ByService
      return `${name.padEnd(22)}${dollars(bill.byService[service]).padStart(16)}${dollars(single.byService[service]).padStart(24)}`
    }),
    `${'All'.padEnd(22)}${dollars(bill.monthlyTotal).padStart(16)}${dollars(single.monthlyTotal).padStart(24)}`,
    '',
    `Pipeline (Kinesis, consumers, DynamoDB, S3): ${dollars(bill.pipelinePerMillion, 4)} a million events; one record per event ${dollars(single.pipelinePerMillion, 4)}.`,
    `The stream on-demand ${dollars(bill.kinesis['on-demand'])}, provisioned for three times the mean ${dollars(bill.kinesis.provisioned)}: ${bill.cheaperStream} is cheaper.`,
    '',
    'Hosted, for as many events:',
    ...hostedServices.map((service) => describeHosted(service, eventsPerMonth)),
    '',
    ...bill.warnings,
    `Prices as of ${first === last ? first : `${first} to ${last}`}, each with its source in cdk/cost/prices.json; list prices without tax, free tiers and discounts.`,
    ...(uncertain.length > 0
      ? [`Not confirmed, their sources could not be read: ${uncertain.join(', ')}.`]
      : ['All of them were confirmed.']),
    'Quantities are measured where cdk/cost/measured.json names a command, else assumed there; the archive is that of a year.',
  ]
  return lines.join('\n')
}

function describeHosted(service: HostedService, eventsPerMonth: number): string {
  const monthly = hostedMonthly(service, eventsPerMonth)
  const price = monthly === undefined ? 'no public price' : dollars(monthly)
  return `${`  ${service.name}`.padEnd(30)}${price.padStart(16)}  ${service.date}${service.confirmed ? '' : ', not confirmed'}`
}

function dates(prices: readonly { date: string }[]): [string, string] {
  const sorted = prices.map(({ date }) => date).sort()
  return [sorted[0] ?? '', sorted.at(-1) ?? '']
}

function dollars(value: number, digits = 2): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

export function toJson({ command, config, bill, single, prices }: Answer): Record<string, unknown> {
  const { eventsPerDay, sites, region } = command
  const { retentionDays } = config.stream
  const { monthlyTotal, byService, pipelinePerMillion, kinesis, cheaperStream, warnings } = bill
  const hosted = hostedServices.map((service) => ({
    name: service.name,
    monthly: hostedMonthly(service, eventsPerDay * daysPerMonth) ?? null,
    confirmed: service.confirmed,
    date: service.date,
    source: service.source,
  }))
  return {
    eventsPerDay,
    sites,
    retentionDays,
    region,
    monthlyTotal,
    byService,
    pipelinePerMillion,
    kinesis,
    cheaperStream,
    oneRecordPerEvent: {
      monthlyTotal: single.monthlyTotal,
      byService: single.byService,
      pipelinePerMillion: single.pipelinePerMillion,
    },
    hosted,
    unconfirmedPrices: unconfirmed(prices),
    warnings,
  }
}
