/** Which incidents of a site its owners want to be told, and in which hours not. */
import type { FastifyInstance } from 'fastify'
import type { AlertRules } from '../../consumers/anomaly-detector/shapes/alert-rules.ts'
import { severities } from '../../consumers/anomaly-detector/shapes/incident.ts'
import type { AlertRulesAnswer } from '../anomaly-answers.ts'
import { Problem } from '../problems.ts'
import { isTimeZone } from '../query/time-zone.ts'
import type { Store } from '../store/store.ts'
import { siteParams } from './query-schemas.ts'
import type { Schema } from './schemas.ts'
import { findWatched } from './sites.ts'

const time: Schema = { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'Time of day: 22:00' }
const quiet: Schema = {
  type: 'object',
  required: ['from', 'to', 'timeZone', 'criticalPasses'],
  additionalProperties: false,
  properties: {
    from: time,
    to: time,
    timeZone: { type: ['string', 'null'], maxLength: 64, description: "IANA name; null: the site's" },
    criticalPasses: { type: 'boolean', description: 'Whether critical incidents are told all the same' },
  },
}
const rulesSchema: Schema = {
  type: 'object',
  required: ['minimumSeverity', 'minimumMinutes', 'coolDownMinutes', 'quiet'],
  additionalProperties: false,
  properties: {
    minimumSeverity: { type: 'string', enum: severities },
    minimumMinutes: {
      type: 'integer',
      minimum: 0,
      maximum: 1440,
      description: 'How long an incident has lasted before it is told',
    },
    coolDownMinutes: {
      type: 'integer',
      minimum: 0,
      maximum: 10_080,
      description: 'After one was told, others of its series that begin within so many minutes after its start are not',
    },
    quiet: {
      anyOf: [quiet, { type: 'null' }],
      description: 'Hours in which nothing is told; what was to be told then is at their end. null: none',
    },
  },
}

type SiteRoute = { Params: { site: string } }

export function registerAlertRules(app: FastifyInstance, { store }: { store: Store }): void {
  app.get<SiteRoute>(
    '/api/sites/:site/alert-rules',
    {
      schema: {
        summary: 'Which incidents of a site are told, and in which hours not',
        params: siteParams,
        response: { 200: rulesSchema },
      },
    },
    async ({ params }): Promise<AlertRulesAnswer> => store.channels.rules((await findWatched(store, params.site)).site),
  )

  app.post<SiteRoute & { Body: AlertRules }>(
    '/api/sites/:site/alert-rules',
    {
      schema: {
        summary: 'Choose it: for what is told from now on',
        params: siteParams,
        body: rulesSchema,
        response: { 200: rulesSchema },
      },
    },
    async ({ params, body }): Promise<AlertRulesAnswer> => {
      const { site } = await findWatched(store, params.site)
      const bad = (message: string) => new Problem('bad_body', { message })
      if (body.quiet && body.quiet.from === body.quiet.to) throw bad('quiet.from and quiet.to must be different times')
      const zone = body.quiet?.timeZone ?? null
      if (zone !== null && !isTimeZone(zone))
        throw bad('quiet.timeZone must be a time zone of the IANA database, such as Europe/Berlin, or null')
      await store.channels.setRules(site, body)
      return body
    },
  )
}
