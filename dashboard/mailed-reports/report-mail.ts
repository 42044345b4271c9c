/** A report as a mail, in English: HTML with one picture, and plain text. Pure. */
import { alertTitle } from '../../consumers/anomaly-detector/shapes/alert-words.ts'
import { type Html, html, mailDocument } from '../../consumers/mail/shapes/html.ts'
import type { Mail } from '../../consumers/mail/shapes/mailer.ts'
import type { SummaryAnswer } from '../answers.ts'
import type { ReportContent } from './content.ts'
import type { Days } from './periods.ts'
import { barChart } from './picture.ts'

const headlines = [
  ['visitors', 'Visitors'],
  ['visits', 'Visits'],
  ['pageviews', 'Page views'],
  ['clicks', 'Clicks'],
  ['events', 'Events'],
  ['bounceRate', 'Bounce rate'],
] as const satisfies readonly (readonly [keyof SummaryAnswer, string])[]
const names: Record<ReportContent['tops'][number]['dimension'], string> = {
  page: 'Pages',
  referrer: 'Sources',
  country: 'Countries',
  event: 'Events',
}
const picture = 'visitors'

export type ReportLinks = { dashboard: string; leave: string }

/** @returns a mail without its recipient and its id */
export function reportMail(content: ReportContent, { dashboard, leave }: ReportLinks): Omit<Mail, 'to' | 'id'> {
  const { site, period, visitors } = content
  const title = `${period.kind === 'weekly' ? 'Week' : 'Month'} of ${site.name}`
  const days = daysText(period.days)
  const link = linkTo(dashboard, site.site, period.days)
  return {
    subject: `[${site.site}] ${title}: ${days}`,
    text: textOf(content, title, days, link, leave),
    html: mailDocument(title, htmlOf(content, title, days, link, leave)),
    leave,
    pictures: [{ name: picture, png: barChart(visitors.days, visitors.before) }],
  }
}

/** @returns the mail's HTML as a page by itself: mail programs find a picture in the mail, all others need it in the page */
export function reportPage({ html: page, pictures = [] }: Pick<Mail, 'html' | 'pictures'>): string {
  return pictures.reduce(
    (text, { name, png }) => text.replaceAll(`cid:${name}`, `data:image/png;base64,${png.toString('base64')}`),
    page,
  )
}

export function linkTo(dashboard: string, site: string, { from, to }: Days): string {
  return `${dashboard}/sites/${encodeURIComponent(site)}?${new URLSearchParams({ period: 'custom', from, to })}`
}

type Row = { label: string; value: string; change: string }

function headlineRows({ figures, before }: ReportContent): Row[] {
  return headlines.map(([name, label]) => {
    const [now, last] = [figures[name], before[name]]
    if (name === 'bounceRate')
      return { label, value: now === null ? '–' : percents.format(now), change: pointsText(now, last) }
    return { label, value: counts.format(now ?? 0), change: changeText(now ?? 0, last ?? 0) }
  })
}

function topTables({ tops }: ReportContent): { title: string; rows: [string, string][] }[] {
  return tops.map(({ dimension, metric, rows }) => ({
    title: names[dimension],
    rows: rows.map((row) => [shown(dimension, row.value), counts.format(row[metric] ?? 0)]),
  }))
}

function incidentLines({ incidents, site }: ReportContent): string[] {
  const moment = new Intl.DateTimeFormat('en-GB', { timeZone: site.timeZone, dateStyle: 'medium', timeStyle: 'short' })
  return incidents.map(
    (anomaly) => `${moment.format(Date.parse(anomaly.at))}: ${alertTitle(anomaly, anomaly)} (${anomaly.severity})`,
  )
}

function textOf(content: ReportContent, title: string, days: string, link: string, leave: string): string {
  const tables = topTables(content).filter(({ rows }) => rows.length > 0)
  const incidents = incidentLines(content)
  return [
    `${title}, ${days}`,
    '',
    ...headlineRows(content).map(({ label, value, change }) => `${label}: ${value} (${change})`),
    ...tables.flatMap((table) => ['', table.title, ...table.rows.map(([name, value]) => `- ${name}: ${value}`)]),
    '',
    'Anomalies',
    ...(incidents.length > 0 ? incidents.map((line) => `- ${line}`) : ['- none']),
    '',
    `On the dashboard: ${link}`,
    '',
    `To be sent nothing more of this site: ${leave}`,
    '',
  ].join('\n')
}

const cell = 'padding:4px 12px 4px 0;text-align:left;vertical-align:top'
const number = 'padding:4px 0 4px 12px;text-align:right;white-space:nowrap'
const small = 'color:#566072;font-size:14px'
const heading = 'margin:20px 0 4px;font-size:16px'
const table = 'border-collapse:collapse;width:100%'

function htmlOf(content: ReportContent, title: string, days: string, link: string, leave: string): Html {
  const { period, visitors } = content
  const unit = period.kind === 'weekly' ? 'week' : 'month'
  const chart = `Visitors of each day: ${visitors.days.map((count) => counts.format(count)).join(', ')}`
  const incidents = incidentLines(content)
  return html`<p style="margin:0;${small}">${days}</p>
<h1 style="margin:4px 0 12px;font-size:22px;line-height:1.3">${title}</h1>
<table style="${table}">
${headlineRows(content).map(
  ({ label, value, change }) =>
    html`<tr><th scope="row" style="${cell};font-weight:normal">${label}</th><td style="${number};font-weight:bold">${value}</td><td style="${number};${small}">${change}</td></tr>
`,
)}</table>
<h2 style="${heading}">Visitors a day</h2>
<img src="cid:${picture}" width="520" height="140" alt="${chart}" style="display:block;width:100%;height:auto">
<p style="margin:4px 0 0;${small}">Paler: the ${unit} before.</p>
${topTables(content)
  .filter(({ rows }) => rows.length > 0)
  .map(
    ({ title: name, rows }) => html`<h2 style="${heading}">${name}</h2>
<table style="${table}">
${rows.map(
  ([value, count]) =>
    html`<tr><td style="${cell};word-break:break-word">${value}</td><td style="${number}">${count}</td></tr>
`,
)}</table>
`,
  )}<h2 style="${heading}">Anomalies</h2>
${incidents.length === 0 ? html`<p style="margin:0">None.</p>` : html`<ul style="margin:0;padding-left:20px">${incidents.map((line) => html`<li>${line}</li>`)}</ul>`}
<p style="margin:24px 0"><a href="${link}" style="background:#1f5fd0;color:#ffffff;padding:10px 16px;border-radius:6px;text-decoration:none">Look at this ${unit}</a></p>
<p style="margin:0;${small}">Sent because this address was named at the alerts of the site. <a href="${leave}" style="color:#566072">Send me nothing more</a></p>`
}

const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 })
const signed = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' })
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' })

function changeText(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'as before' : 'none before'
  return now === before ? 'as before' : signed.format(now / before - 1)
}

function pointsText(now: number | null, before: number | null): string {
  if (now === null || before === null) return '–'
  const points = Math.round((now - before) * 100)
  return points === 0 ? 'as before' : `${points > 0 ? '+' : ''}${points} points`
}

function shown(dimension: string, value: string): string {
  const text = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
  if (text === '') return dimension === 'referrer' ? 'direct' : 'unknown'
  if (dimension === 'country' && /^[A-Z]{2}$/.test(text)) return regions.of(text) ?? text
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

/** `16–22 Nov 2026` */
function daysText({ from, to }: Days): string {
  const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  return format.formatRange(Date.parse(from), Date.parse(to)).replaceAll('\u2009', '')
}
