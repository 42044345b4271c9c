import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { readChannels } from '../../consumers/anomaly-detector/shapes/channel.ts'
import { post } from '../../consumers/anomaly-detector/shapes/post.ts'
import { createMailer } from '../../consumers/mail/shapes/mailer.ts'
import type { Settings } from '../../stream/settings.ts'
import type { Site } from '../../stream/site.ts'
import { createReports } from '../reports.ts'
import { createFiguresStore } from '../store/figures-store.ts'
import { gatherContent, type ReportContent } from './content.ts'
import type { ReportPeriod } from './periods.ts'
import { createSentReports } from './report-store.ts'
import { createReporter, type Reporter } from './reporter.ts'

export type ReportContents = {
  sites(): Promise<Site[]>
  content(site: Site, period: ReportPeriod): Promise<ReportContent>
}

/** What reports say, by the dashboard's own functions. */
export function composeContents(dynamo: DynamoDBClient, tablePrefix: string, now: () => number): ReportContents {
  const store = createFiguresStore({ dynamo, tablePrefix, now })
  const reports = createReports(store, now)
  return {
    sites: () => store.sites.list(),
    async content(site, period) {
      const view = await store.views.find()
      if (!view) throw new Error('what is published could not be found')
      return gatherContent(reports, view, site, period, now())
    },
  }
}

/** Longest time that a webhook may take. */
const timeoutMs = 10_000

export function composeReporter(dynamo: DynamoDBClient, settings: Settings, now: () => number): Reporter {
  const { RETRACE_TABLE_PREFIX: prefix } = settings
  const allowLoopback = settings.RETRACE_WEBHOOK_LOOPBACK === 'allowed'
  return createReporter({
    channels: () => readChannels(dynamo, `${prefix}control`),
    ...composeContents(dynamo, prefix, now),
    sent: createSentReports(dynamo, `${prefix}incidents`),
    mailer: createMailer(settings),
    post: (url, headers, body) => post(url, headers, body, { allowLoopback, timeoutMs }),
    now,
  })
}
