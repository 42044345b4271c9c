/** What others ask for the same events a month, as far as their prices are public. */
import file from './prices.json' with { type: 'json' }
import type { Price } from './prices.ts'

/** Events a month up to `upTo`; null: any number. */
type Step = { upTo: number | null; usd: number }

export type HostedService = Omit<Price, 'usd'> & { name: string } & (
    | { /** One price for the month, by the plan that holds the events. */ kind: 'plans'; plans: Step[] }
    | { /** Each event at the price of the tier that it falls in. */ kind: 'tiers'; tiers: Step[] }
  )

export const hostedServices = file.hosted as readonly HostedService[]

/** @returns dollars a month; undefined when there is no public price for so many */
export function hostedMonthly(service: HostedService, eventsPerMonth: number): number | undefined {
  const holds = ({ upTo }: Step) => upTo === null || eventsPerMonth <= upTo
  if (service.kind === 'plans') return service.plans.find(holds)?.usd
  if (!service.tiers.some(holds)) return undefined
  let from = 0
  let sum = 0
  for (const { upTo, usd } of service.tiers) {
    const to = Math.min(upTo ?? eventsPerMonth, eventsPerMonth)
    sum += Math.max(0, to - from) * usd
    from = Math.max(from, to)
  }
  return sum
}
