/** The mails of an e-mail channel: of incidents, and the one that asks whether it wants them. Pure. */
import { pipelineSite } from '../../../stream/tables.ts'
import { type Html, html, mailDocument } from '../../mail/shapes/html.ts'
import type { Mail } from '../../mail/shapes/mailer.ts'
import { type AlertWords, alertWords } from '../shapes/alert-words.ts'
import type { Channel } from '../shapes/channel.ts'
import { channelLink } from '../shapes/channel-link.ts'
import type { Delivery } from '../shapes/delivery.ts'
import { deliveryId } from '../shapes/delivery-item.ts'
import { linkAround } from './link-around.ts'

const leads: Record<Exclude<Delivery['event'], 'confirm'>, string> = {
  opened: 'This began and is going on.',
  ended: 'This is over.',
  example: 'This is an example: nothing happened.',
}
const subjects: Record<Exclude<Delivery['event'], 'confirm'>, string> = {
  opened: '',
  ended: 'Over: ',
  example: 'Example: ',
}

/** @param timeZone of the site: times are told in it */
export function alertMail(delivery: Delivery, channel: Channel, timeZone: string): Mail {
  const { event, incident } = delivery
  const site = siteName(delivery)
  if (event === 'confirm') return confirmationMail(delivery, channel)
  const words = alertWords(incident, timeZone)
  const link = linkAround(channel.dashboard, incident, timeZone)
  const leave = channelLink(channel, 'leave')
  return {
    to: channel.target,
    // Channels of one site may lead to one address.
    id: `${deliveryId(delivery)}.${channel.id}`,
    ...(event === 'ended' && { answers: `${deliveryId({ ...delivery, event: 'opened' })}.${channel.id}` }),
    leave,
    subject: `${subjects[event]}[${site}] ${words.title}`,
    text: textOf(site, leads[event], words, link, leave),
    html: mailDocument(words.title, htmlOf(site, leads[event], words, link, leave)),
  }
}

/** The pipeline is watched like a site. */
function siteName({ site }: Delivery): string {
  return site === pipelineSite ? 'Pipeline' : site
}

function textOf(
  site: string,
  lead: string,
  { title, facts, changes }: AlertWords,
  link: string,
  leave: string,
): string {
  const changed = changes.map(({ part, observed, expected }) => `- ${part}: ${observed}, expected ${expected}`)
  return [
    `${title} (${site})`,
    lead,
    '',
    ...facts.map(([label, value]) => `${label}: ${value}`),
    ...(changed.length > 0 ? ['', 'What contributes most, at the peak:', ...changed] : []),
    '',
    `Look at that time: ${link}`,
    '',
    `Told because this address was named at the alerts of ${site}. To be told nothing more: ${leave}`,
    '',
  ].join('\n')
}

const cell = 'padding:4px 12px 4px 0;text-align:left;vertical-align:top'
const small = 'color:#566072;font-size:14px'

function htmlOf(site: string, lead: string, { title, facts, changes }: AlertWords, link: string, leave: string): Html {
  return html`<p style="margin:0;${small}">${site}</p>
<h1 style="margin:4px 0 8px;font-size:22px;line-height:1.3">${title}</h1>
<p style="margin:0 0 16px">${lead}</p>
<table style="border-collapse:collapse;margin:0 0 16px">
${facts.map(
  ([label, value]) =>
    html`<tr><th scope="row" style="${cell};font-weight:normal;color:#566072;white-space:nowrap">${label}</th><td style="${cell}">${value}</td></tr>
`,
)}</table>
${changes.length > 0 ? changesTable(changes) : ''}<p style="margin:24px 0"><a href="${link}" style="background:#1f5fd0;color:#ffffff;padding:10px 16px;border-radius:6px;text-decoration:none">Look at that time</a></p>
<p style="margin:0;${small}">Told because this address was named at the alerts of ${site}. <a href="${leave}" style="color:#566072">Tell me nothing more</a></p>`
}

function changesTable(changes: AlertWords['changes']): Html {
  return html`<h2 style="margin:0 0 4px;font-size:16px">What contributes most</h2>
<table style="border-collapse:collapse;margin:0 0 16px">
<tr><th scope="col" style="${cell};${small}">Part</th><th scope="col" style="${cell};${small}">At the peak</th><th scope="col" style="${cell};${small}">Expected</th></tr>
${changes.map(
  ({ part, observed, expected }) =>
    html`<tr><td style="${cell};word-break:break-word">${part}</td><td style="${cell}">${observed}</td><td style="${cell}">${expected}</td></tr>
`,
)}</table>
`
}

/** Says who asks and what for, and nothing of the site's figures: the address may be a stranger's. */
function confirmationMail(delivery: Delivery, channel: Channel): Mail {
  const site = siteName(delivery)
  const link = channelLink(channel, 'confirm')
  const title = `Alerts of ${site}?`
  const lead = `Somebody who runs the site ${site} would like alerts about its traffic to be sent to this address.`
  const otherwise = 'If you do not want them, do nothing: without your yes nothing is sent here.'
  return {
    to: channel.target,
    id: `${deliveryId(delivery)}.${channel.id}`,
    subject: `[${site}] Please confirm: alerts to this address`,
    text: `${lead}\n\nTo say yes: ${link}\n\n${otherwise}\n`,
    html: mailDocument(
      title,
      html`<h1 style="margin:0 0 8px;font-size:22px;line-height:1.3">${title}</h1>
<p style="margin:0">${lead}</p>
<p style="margin:24px 0"><a href="${link}" style="background:#1f5fd0;color:#ffffff;padding:10px 16px;border-radius:6px;text-decoration:none">Yes, send them</a></p>
<p style="margin:0;${small}">${otherwise}</p>`,
    ),
  }
}
