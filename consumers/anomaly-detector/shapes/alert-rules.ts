/**
 * Which incidents of a site are told, and when not (table `control`, kind `alerting`): one item a site, as its owners chose.
 *
 *     kind  S  partition key, `alerting`
 *     name  S  sort key, the site
 *     data  S  JSON: `AlertRules`
 */
import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import { type Severity, severities } from './incident.ts'

export type QuietHours = {
  /** Times of day, `22:00`; over midnight where the first is the later one. They are never the same. */
  from: string
  to: string
  /** IANA name; null: the site's. */
  timeZone: string | null
  /** Whether critical incidents are told all the same. */
  criticalPasses: boolean
}

export type AlertRules = {
  /** Told from this on, as soon as an incident becomes as severe. */
  minimumSeverity: Severity
  /** Told once it has lasted so long, from its start to the end of its last unusual minute. */
  minimumMinutes: number
  /** After an incident was told, others of the same series are not that begin within so many minutes after its start. */
  coolDownMinutes: number
  quiet: QuietHours | null
}

export const usualRules: AlertRules = {
  minimumSeverity: 'notice',
  minimumMinutes: 0,
  coolDownMinutes: 0,
  quiet: null,
}

const kind = 'alerting'

export function rulesKey(site: string): { kind: { S: string }; name: { S: string } } {
  return { kind: { S: kind }, name: { S: site } }
}

export function rulesToItem(site: string, rules: AlertRules) {
  return { ...rulesKey(site), data: { S: JSON.stringify(rules) } }
}

const rulesFromItem = (item: Record<string, { S?: string }>): AlertRules => ({
  ...usualRules,
  ...(JSON.parse(item.data?.S ?? '{}') as Partial<AlertRules>),
})

export async function readRules(client: DynamoDBClient, table: string, site: string): Promise<AlertRules> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: rulesKey(site), ConsistentRead: true }),
  )
  return Item ? rulesFromItem(Item) : usualRules
}

/** Of all sites that have some, by site. */
export async function readAllRules(client: DynamoDBClient, table: string): Promise<Map<string, AlertRules>> {
  const query = {
    TableName: table,
    KeyConditionExpression: 'kind = :kind',
    ExpressionAttributeValues: { ':kind': { S: kind } },
    ConsistentRead: true,
  }
  const rules = new Map<string, AlertRules>()
  for await (const { Items = [] } of paginateQuery({ client }, query))
    for (const item of Items) rules.set(item.name?.S ?? '', rulesFromItem(item))
  return rules
}

/** @param until to when it is known: the end of the last minute that was judged */
export function isWorthTelling(
  incident: { at: number; end: number | undefined; severity: Severity },
  until: number,
  { minimumSeverity, minimumMinutes }: AlertRules,
): boolean {
  const lastedMs = (incident.end ?? until) - incident.at
  return (
    severities.indexOf(incident.severity) >= severities.indexOf(minimumSeverity) && lastedMs >= minimumMinutes * 60_000
  )
}

/**
 * By clocks of the zone: an hour that comes twice is quiet twice, and one that is left out is not missed.
 *
 * @param siteZone for rules without a zone of their own
 * @returns when the quiet hours that `at` lies in are over, epoch milliseconds; undefined: it lies in none
 */
export function quietUntil({ quiet }: AlertRules, at: number, siteZone: string): number | undefined {
  if (!quiet) return undefined
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: quiet.timeZone ?? siteZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const isQuiet = (moment: number) => {
    const time = format.format(moment)
    return quiet.from < quiet.to ? time >= quiet.from && time < quiet.to : time >= quiet.from || time < quiet.to
  }
  if (!isQuiet(at)) return undefined
  let minute = Math.floor(at / 60_000) * 60_000
  // A day has at most 25 hours, of which one minute at least is not quiet.
  for (const most = minute + 26 * 3_600_000; minute < most && isQuiet(minute); ) minute += 60_000
  return minute
}
