/** `npm run sites`: the sites whose events are taken. */
import { parseArgs } from 'node:util'
import type { Site } from '../stream/site.ts'
import { runCommand, UsageError } from './command.ts'
import { commandSettings, findAdminToken, findRunning } from './running.ts'

const usage = `Usage: npm run sites -- list
       npm run sites -- add SITE [--name NAME] [--origin ORIGIN]… [--time-zone ZONE] [--query-param NAME]… [--strict]
                                    [--network]
       npm run sites -- network SITE on|off

  SITE                 letters, digits, dots and dashes; it goes into data-site
  --origin ORIGIN      where its pages are, such as https://example.org; without one, any page may send
  --time-zone ZONE     its days are days there (default: that of this machine)
  --query-param NAME   a query parameter that tells pages apart, to be kept in addresses
  --strict             no visitors at all: page views and clicks are counted, people and visits are not
  --network            keep 4 hex digits of a hash of the network that each visitor is in, the same on every day, so that
                       rules can leave out an office (docs/rules.md#networks says what that gives away); network SITE on
                       begins with it, off ends it`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      origin: { type: 'string', multiple: true, default: [] },
      'time-zone': { type: 'string' },
      'query-param': { type: 'string', multiple: true, default: [] },
      strict: { type: 'boolean', default: false },
      network: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [command, site, setting] = positionals
  if (values.help) return console.log(usage)
  if (command === 'list') {
    const { sites } = await ask<{ sites: Site[] }>('GET')
    return console.log(sites.map(describeSite).join('\n'))
  }
  if (command === 'network') {
    if (!site || (setting !== 'on' && setting !== 'off')) throw new UsageError('network needs a SITE, and on or off')
    await ask('POST', { network: setting === 'on' }, `/${encodeURIComponent(site)}/network`)
    const what = setting === 'on' ? 'keeps a hash of the network of each visitor' : 'keeps no networks'
    return console.log(`${site} ${what}, of what arrives a few seconds from now on.`)
  }
  if (command !== 'add' || !site) throw new UsageError('list, add SITE or network SITE on|off is needed')
  await ask('POST', {
    site,
    name: values.name ?? site,
    origins: values.origin,
    timeZone: values['time-zone'] ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    queryParams: values['query-param'],
    strict: values.strict,
    network: values.network,
  })
  const { ingestUrl } = findRunning(commandSettings())
  console.log(
    `${site} is ready. Put this into its pages:\n\n  <script defer src="${ingestUrl}/retrace.js" data-site="${site}"></script>\n`,
  )
}

function describeSite({ site, name, network, origins }: Site): string {
  return [site, name, ...(network ? ['(keeps networks)'] : []), ...origins].join('  ')
}

async function ask<T>(method: string, body?: unknown, path = ''): Promise<T> {
  const settings = commandSettings()
  const url = `${findRunning(settings).dashboardUrl}/api/sites${path}`
  const headers = { authorization: `Bearer ${findAdminToken(settings) ?? ''}`, 'content-type': 'application/json' }
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }).catch(
    () => {
      throw new Error(`${url} does not answer. Is Retrace running (npm start)?`)
    },
  )
  const json = (await answer.json()) as T & { message?: string }
  if (!answer.ok) throw new Error(json.message ?? `The dashboard answered ${answer.status}.`)
  return json
}

runCommand(usage, main)
