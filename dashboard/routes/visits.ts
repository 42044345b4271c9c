/** What routes about visits have in common: period, generation and filters, and answers from facts. */

import type { Asked } from '../fact-reports.ts'
import { Problem } from '../problems.ts'
import { type PeriodQuery, parsePeriod } from '../query/period.ts'
import { maxStepLength } from '../query/steps.ts'
import type { FactStore } from '../store/facts.ts'
import type { Store } from '../store/store.ts'
import { toFactsProblem } from './figures.ts'
import { filters, generation, period } from './query-schemas.ts'
import type { Schema } from './schemas.ts'
import { conditionsOf } from './segments.ts'
import { findSite, findView } from './sites.ts'

export type VisitsQuery = Omit<PeriodQuery, 'interval'> & { generation?: string; filter?: string[]; segment?: string }

/** @param required of `extra` */
export function visitsQuery(extra: Record<string, Schema> = {}, required: string[] = []): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    required,
    properties: { ...period, ...generation, ...filters, ...extra },
  }
}

export const stepText: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: maxStepLength,
  description:
    '`page:/thanks` is a view of this page, `page~thanks` of one that contains it, `page~~^/thanks` of one that matches it (RE2); so `target` of what is clicked, and `event`; `property:EVENT NUL KEY NUL VALUE` is an event with this property',
}

export type VisitsAsking<Reports> = {
  /** @throws Problem 400, 404 */
  asked(site: string, query: VisitsQuery): Promise<Asked>
  /** @throws Problem that says why there is no answer */
  answer<T>(ask: (reports: Reports) => Promise<T>): Promise<T>
}

export function asVisits<Reports>(
  store: Store,
  now: () => number,
  create: (facts: FactStore) => Reports,
): VisitsAsking<Reports> {
  const reports = store.facts && create(store.facts)
  return {
    async asked(name, query) {
      const site = await findSite(store, name)
      const result = parsePeriod({ ...query, interval: 'hour' }, site, now())
      // Of a long period there are too many hours: nobody looks at them here.
      const parsed = result.ok ? result : parsePeriod({ ...query, interval: 'month' }, site, now())
      if (!parsed.ok) throw new Problem('bad_parameter', { message: parsed.message })
      const conditions = await conditionsOf(store, site.site, query)
      return { site: site.site, period: parsed.period, view: await findView(store, query.generation), conditions }
    },
    async answer(ask) {
      if (!reports) throw new Problem('bad_parameter', { message: 'this dashboard has no facts to answer from' })
      try {
        return await ask(reports)
      } catch (error) {
        throw toFactsProblem(error, 'filter or step')
      }
    },
  }
}
