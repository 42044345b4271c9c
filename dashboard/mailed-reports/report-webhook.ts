/** A report as a webhook is sent it: figures, and the same as a page to be shown. Pure. */
import { signedHeaders } from '../../consumers/anomaly-detector/shapes/webhook-signature.ts'
import type { ReportContent } from './content.ts'
import { linkTo, reportMail, reportPage } from './report-mail.ts'

export function reportWebhook(
  content: ReportContent,
  { id, secret, dashboard, now }: { id: string; secret: string; dashboard: string; now: number },
): { headers: Record<string, string>; body: string } {
  const { site, period, figures, before, visitors, tops, incidents } = content
  const link = linkTo(dashboard, site.site, period.days)
  const leave = `${dashboard}/sites/${encodeURIComponent(site.site)}/settings`
  const body = JSON.stringify({
    id,
    event: 'report',
    site: site.site,
    report: { kind: period.kind, ...period.days, timeZone: site.timeZone, figures, before, visitors, tops, incidents },
    link,
    html: reportPage(reportMail(content, { dashboard, leave })),
  })
  return { headers: signedHeaders(id, body, secret, now), body }
}
