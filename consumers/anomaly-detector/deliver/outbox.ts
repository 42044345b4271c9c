/** What the judge tells of incidents, as deliveries to those who want to know (shapes/delivery.ts), by the site's rules. */
import { inParallel } from '../../runtime/exactly-once.ts'
import { type AlertRules, isWorthTelling } from '../shapes/alert-rules.ts'
import { type Channel, doesGet, isOpen } from '../shapes/channel.ts'
import { type Incident, incidentKey } from '../shapes/incident.ts'
import type { CoolDowns } from './cool-down.ts'
import type { DeliveryStore } from './delivery-store.ts'

/** An incident as it was when a minute was judged; `until` is the end of that minute. With an end, it is over. */
export type Told = { incident: Incident; until: number }

export type OutboxDependencies = {
  channels: (site: string) => Promise<readonly Channel[]>
  rules: (site: string) => Promise<AlertRules>
  coolDowns: CoolDowns
  deliveries: Pick<DeliveryStore, 'add' | 'has'>
  now: () => number
}

/**
 * @returns what may be told any number of times of the same, in the order of minutes; it answers the keys of incidents of
 *   which it need not be told again before they are over
 */
export function createOutbox({ channels, rules, coolDowns, deliveries, now }: OutboxDependencies) {
  /** Whether the opening is told to the channels: by the rules as they are now, or because it was already. */
  async function open(site: string, { incident, until }: Told, wanted: readonly Channel[], by: AlertRules) {
    if (wanted.length === 0) return true
    if (!isWorthTelling(incident, until, by)) return false
    if (by.coolDownMinutes > 0 && !(await coolDowns.take(incident, by.coolDownMinutes))) return false
    await inParallel(wanted, ({ id }) =>
      deliveries.add({ site, channel: id, event: 'opened', incident, createdAt: now() }),
    )
    return true
  }

  /** Those alone are told of an end that were told of the beginning, whatever the rules say by now. */
  async function end(site: string, incident: Incident, wanted: readonly Channel[]): Promise<void> {
    await inParallel(wanted, async ({ id }) => {
      if (await deliveries.has({ site, channel: id, event: 'opened', incident }))
        await deliveries.add({ site, channel: id, event: 'ended', incident, createdAt: now() })
    })
  }

  return async (site: string, told: readonly Told[]): Promise<Set<string>> => {
    const opened = new Set<string>()
    if (told.length === 0) return opened
    const [known, by] = await Promise.all([channels(site), rules(site)])
    for (const each of told) {
      const { incident } = each
      const key = incidentKey(incident)
      const wanted = known.filter(
        (channel) =>
          isOpen(channel) && doesGet(channel, 'incidents') && incident.at >= (channel.confirmedAt ?? channel.createdAt),
      )
      if (incident.end !== undefined) await end(site, incident, wanted)
      else if (!opened.has(key) && (await open(site, each, wanted, by))) opened.add(key)
    }
    return opened
  }
}
