/** What rules make of an example, in words. Asks what the fold asks. */
import type { Rules } from '../../consumers/aggregator/rules/rules.ts'
import type { Example } from './options.ts'

export function explain(rules: Rules, { site, url, referrer, userAgent, tag, network }: Example): string {
  const ofSite = rules.of(site)
  const browser = ofSite.browserOf(userAgent)
  const mark = ofSite.internalBy({ ...(tag !== undefined && { tag }), ...(network !== undefined && { network }) })
  const place = ofSite.placeOf(url)
  const rows: [string, string][] = [['rules', rules.version]]
  if (browser.bot) rows.push(['counts', 'among bots, and in no other figure: its user agent is a program’s'])
  else if (mark !== undefined) rows.push(['counts', `nowhere: its ${mark} is internal`])
  else if (place.isInternal) rows.push(['counts', `nowhere: ${place.host} is internal`])
  else {
    rows.push(['counts', 'yes'], ['page', place.page.name])
    // The dimensions of a visit that begins there, by their names.
    for (const { dimension, value } of ofSite.originOf(place, referrer)) rows.push([dimension, value || '(none)'])
    rows.push(['browser', browser.browser], ['os', browser.os], ['device', browser.device])
    rows.push(['visit ends', `after ${ofSite.visitTimeoutMs / 60_000} minutes without an event`])
  }
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n')
}
