/** `npm run cost`: the bill of a month before anything is deployed. */
import { writeFileSync } from 'node:fs'
import { ConfigError, checkConfig, deployment } from '../config.ts'
import { readConfigFile } from '../config-file.ts'
import { hostedMonthly, hostedServices } from './hosted.ts'
import { type Bill, monthlyBill } from './model.ts'
import { daysPerMonth } from './month.ts'
import { type CostCommand, help, parseCostCommand } from './options.ts'
import { plot, type Series, volumes } from './plot.ts'
import { pricesOf } from './prices.ts'
import { describe, toJson } from './print.ts'
import type { Layout } from './traffic.ts'

function run(command: CostCommand): void {
  const { eventsPerDay, sites, region } = command
  const prices = pricesOf(region)
  if (prices === undefined) throw new Error(`no prices of ${region}`)
  const choices = checkConfig(command.config === undefined ? deployment : readConfigFile(command.config))
  const { retentionDays = choices.stream.retentionDays } = command
  const config = { ...choices, stream: { ...choices.stream, retentionDays } }
  const billOf = (events: number, layout: Layout) =>
    monthlyBill({ eventsPerDay: events, sites, retentionDays, layout }, config, prices)
  const answer = {
    command,
    config,
    bill: billOf(eventsPerDay, 'batched'),
    single: billOf(eventsPerDay, 'one record per event'),
    prices,
  }
  if (command.plot !== undefined) writeFileSync(command.plot, drawing(command, billOf))
  console.log(describe(answer))
  if (command.json) console.log(JSON.stringify(toJson(answer)))
}

function drawing({ sites, region }: CostCommand, billOf: (events: number, layout: Layout) => Bill): string {
  const own = (name: string, layout: Layout): Series => ({
    name,
    points: volumes().map((eventsPerDay) => ({ eventsPerDay, monthly: billOf(eventsPerDay, layout).monthlyTotal })),
  })
  const hosted = hostedServices.map((service): Series => {
    const points = volumes().flatMap((eventsPerDay) => {
      const monthly = hostedMonthly(service, eventsPerDay * daysPerMonth)
      return monthly === undefined ? [] : [{ eventsPerDay, monthly }]
    })
    return { name: service.confirmed ? service.name : `${service.name} *`, points }
  })
  const title = `Dollars a month, ${sites === 1 ? 'one site' : `${sites} sites`}, ${region} (* not confirmed)`
  return plot(title, [own('Retrace', 'batched'), own('one record per event', 'one record per event'), ...hosted])
}

const command = parseCostCommand(process.argv.slice(2))
if (command.kind === 'help') console.log(help)
else if (command.kind === 'wrong') fail(`${command.message} (--help lists the options)`, 2)
else {
  try {
    run(command)
  } catch (error) {
    const { message } = error as Error
    fail(error instanceof ConfigError ? `${command.config ?? 'cdk/config.ts'}: ${message}` : message, 1)
  }
}

function fail(line: string, exitCode: number): void {
  console.error(line)
  process.exitCode = exitCode
}
