/** `npm run report`: what a mailed report looks like, as a file for the browser. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { composeContents } from '../../dashboard/mailed-reports/compose.ts'
import { lastPeriod } from '../../dashboard/mailed-reports/periods.ts'
import { reportMail, reportPage } from '../../dashboard/mailed-reports/report-mail.ts'
import { createDynamoClient } from '../../dashboard/store/dynamo-client.ts'
import { runCommand, UsageError } from '../command.ts'
import { commandSettings, useRunningStores } from '../running.ts'

const usage = `Usage: npm run report -- --site SITE [--monthly] [--output FILE]

Writes the report of the last whole week (or month) of a site as HTML, as it would be mailed: docs/reports.md

  --site SITE      of which site
  --monthly        of the last month
  --output FILE    where to (default: report.html)

Exit code 0: written, 1: failed, 2: wrong arguments.`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      site: { type: 'string' },
      monthly: { type: 'boolean', default: false },
      output: { type: 'string', default: 'report.html' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const settings = commandSettings()
  useRunningStores(settings, process.env)
  const dynamo = createDynamoClient()
  const contents = composeContents(dynamo, settings.RETRACE_TABLE_PREFIX, Date.now)
  const site = (await contents.sites()).find(({ site }) => site === values.site)
  if (!site) throw new UsageError(values.site === undefined ? '--site is missing' : `there is no site ${values.site}`)
  const period = lastPeriod(values.monthly ? 'monthly' : 'weekly', Date.now(), site.timeZone)
  const dashboard = `http://localhost:${settings.RETRACE_DASHBOARD_PORT}`
  const links = { dashboard, leave: dashboard }
  await writeFile(values.output, reportPage(reportMail(await contents.content(site, period), links)))
  console.log(`${values.output}: ${period.days.from} to ${period.days.to}`)
  dynamo.destroy()
}

runCommand(usage, main)
