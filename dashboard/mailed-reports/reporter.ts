/**
 * Sends each report once its period is over, to every address and webhook that wants it, once. May be run by any number of processes at
 * once, which may be killed at any moment: what was sent and not noted is sent again under the same id.
 */
import { createHash } from 'node:crypto'
import { type Channel, doesGet, isOpen } from '../../consumers/anomaly-detector/shapes/channel.ts'
import { channelLink } from '../../consumers/anomaly-detector/shapes/channel-link.ts'
import type { PostResult } from '../../consumers/anomaly-detector/shapes/post.ts'
import type { Mailer } from '../../consumers/mail/shapes/mailer.ts'
import type { Site } from '../../stream/site.ts'
import type { ReportContent } from './content.ts'
import { lastPeriod, periodOf, type ReportKind, type ReportPeriod } from './periods.ts'
import { reportMail } from './report-mail.ts'
import type { SentReports } from './report-store.ts'
import { reportWebhook } from './report-webhook.ts'

export type ReporterDependencies = {
  channels: () => Promise<readonly Channel[]>
  sites: () => Promise<readonly Site[]>
  content: (site: Site, period: ReportPeriod) => Promise<ReportContent>
  sent: SentReports
  /** Undefined: there is no mail server, and nothing is taken for those who wait for mails. */
  mailer: Mailer | undefined
  post: (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<PostResult>
  now: () => number
}

export type Reported = { sent: number; failed: number; faults: unknown[] }
export type Reporter = { round(signal?: AbortSignal): Promise<Reported> }

/** What arrives late is in by then, and at most places it is morning. */
const afterMs = 6 * 3_600_000
/** Longer than putting a report together and sending it takes. */
const claimMs = 120_000
const pauseMs = 10 * 60_000
/** Of ten minutes, doubling: some seventeen hours. */
const maxAttempts = 8

export function createReporter({ channels, sites, content, sent, mailer, post, now }: ReporterDependencies): Reporter {
  /** The last period of this kind, unless it is not ready yet, or over before the address said yes. */
  function dueFor({ createdAt, confirmedAt = createdAt }: Channel, kind: ReportKind, site: Site) {
    const period = lastPeriod(kind, now(), site.timeZone)
    const end = periodOf(period.days, site.timeZone, now()).to
    return now() >= end + afterMs && confirmedAt < end ? period : undefined
  }

  async function sendTo(
    channel: Channel,
    report: ReportContent,
    id: string,
  ): Promise<{ sent: boolean; isFinal: boolean }> {
    const { type, target, secret, dashboard } = channel
    if (type === 'email') {
      const mail = reportMail(report, { dashboard, leave: channelLink(channel, 'leave') })
      const result = await mailer?.send({ ...mail, to: target, id })
      return { sent: result?.sent === true, isFinal: result?.sent === false && result.isFinal === true }
    }
    const { headers, body } = reportWebhook(report, { id, secret, dashboard, now: now() })
    const answer = await post(target, headers, body)
    return { sent: 'status' in answer && answer.status >= 200 && answer.status < 300, isFinal: false }
  }

  async function send(channel: Channel, site: Site, period: ReportPeriod, reported: Reported): Promise<void> {
    const report = { site: site.site, channel: channel.id, period }
    const attempts = await sent.claim(report, now(), now() + claimMs)
    if (attempts === undefined) return
    const result = await sendTo(channel, await content(site, period), reportId(report))
    if (result.sent) {
      reported.sent += 1
      return sent.settle(report, attempts, 'delivered', now())
    }
    reported.failed += 1
    const isOver = result.isFinal || attempts >= maxAttempts
    await sent.settle(report, attempts, isOver ? 'failed' : 'waiting', now() + pauseMs * 2 ** (attempts - 1))
  }

  return {
    async round(signal) {
      const reported: Reported = { sent: 0, failed: 0, faults: [] }
      const wanted = (await channels()).filter(
        (channel) =>
          isOpen(channel) &&
          (channel.type !== 'email' || mailer !== undefined) &&
          (doesGet(channel, 'weekly') || doesGet(channel, 'monthly')),
      )
      if (wanted.length === 0) return reported
      const known = new Map((await sites()).map((site) => [site.site, site]))
      // One after the other: each reads weeks of figures, and nobody waits for it.
      for (const channel of wanted)
        for (const kind of ['weekly', 'monthly'] as const) {
          const site = known.get(channel.site)
          const period = site && !site.closedAt && doesGet(channel, kind) ? dueFor(channel, kind, site) : undefined
          if (signal?.aborted || !site || !period) continue
          await send(channel, site, period, reported).catch((error: unknown) => reported.faults.push(error))
        }
      return reported
    },
  }
}

/** The same for every try. */
function reportId({ site, channel, period }: { site: string; channel: string; period: ReportPeriod }): string {
  const hash = createHash('sha256').update(JSON.stringify([site, period.kind, period.days.from]))
  return `${hash.digest('hex').slice(0, 32)}.${channel}`
}
