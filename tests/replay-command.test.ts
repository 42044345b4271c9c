/** `npm run replay` over the embedded servers: what it leaves, what it says, and what a kill -9 does to it. */
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { createGenerationStore } from '../consumers/replay/shapes/generation-store.ts'
import { publishedGeneration } from '../consumers/replay/shapes/publications.ts'
import type { ReplayReport } from '../consumers/replay/shapes/report.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import type { Delivery } from '../stream/event.ts'
import { noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { makeDataFolder, removeDataFolder, run, runToEnd as runProcess } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, listObjects, putTraffic, runToEnd, traffic } from './support/stream.ts'

const dayMs = 86_400_000
const today = Math.floor(Date.now() / dayMs) * dayMs
const dayText = (at: number) => new Date(at).toISOString().slice(0, 10)
const yesterday = dayText(today - dayMs)
/** Two hours around the midnight before yesterday, so that visits begin in the warm-up, and all of it can be replayed. */
const deliveries = moved(traffic(400), today - dayMs - 3_600_000 - noon)

let stores: TestStores
let environment: ConsumerEnvironment
let folder: string
let env: NodeJS.ProcessEnv
let live: string[]
beforeAll(async () => {
  stores = await startStores()
  folder = await makeDataFolder()
  await putTraffic(stores.settings, deliveries)
  environment = await freshEnvironment('replayed')
  env = {
    ...process.env,
    RETRACE_DATA_DIR: folder,
    RETRACE_TABLE_PREFIX: 'replayed-',
    RETRACE_BUCKET: 'replayed',
  }
  await runToEnd(composeAggregator(environment), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
  live = await cellsOf('live')
})
afterAll(async () => {
  await stores.close()
  await removeDataFolder(folder)
})

function moved(list: readonly Delivery[], byMs: number): Delivery[] {
  return list.map(({ received, sentAt = 0, ...delivery }) => ({
    ...delivery,
    received: received + byMs,
    sentAt: sentAt + byMs,
    events: delivery.events.map((event) => ({ ...event, at: event.at + byMs })),
  }))
}

/**
 * Minutes are kept for 48 hours, and a replay makes none that are over; in the last hour of a day those of the hour before
 * yesterday come to it while this runs. The store here lets them lie.
 */
const keptUntilS = Date.now() / 1000 + 600
const isKept = (item: string) =>
  Number(/expiresAt=\{"N":"(\d+)"\}/.exec(item)?.[1] ?? Number.POSITIVE_INFINITY) > keptUntilS

/** Cells of yesterday's arrivals, but for the name of their generation. */
async function cellsOf(generation: string): Promise<string[]> {
  const items = await dumpTable('replayed-cells')
  return items
    .filter((item) => item.includes(`#${yesterday}#${generation}#`) && isKept(item))
    .map((item) => item.replace(`#${generation}#`, '#'))
}

function replay(...args: string[]) {
  return runProcess('local/replay/cli.ts', args, env)
}

type Result = { generation: string; events: number; seconds: number; changed: number; identical: boolean }
const lastLine = (output: string) => JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')

describe('npm run replay', () => {
  it.each([
    ['auto', 'Reading the stream: '],
    ['stream', 'Reading the stream, '],
    ['archive', 'Reading the archive, '],
  ])('leaves cells that are the live ones to the byte, and says so, from: %s', async (source, why) => {
    const args = ['--all', '--from', yesterday, '--json', '--workers', '2', '--source', source]
    const { code, output } = await replay(...args)
    expect(code, output).toBe(0)
    expect(output).toContain(why)
    const result = lastLine(output) as Result
    expect(result).toMatchObject({ changed: 0, identical: true, events: 400, seconds: expect.any(Number) })
    const cells = await cellsOf(result.generation)
    expect(cells.length).toBeGreaterThan(10)
    expect(cells).toEqual(live)

    const report = Buffer.from(await environment.objects.get(`replays/${result.generation}/report.json`))
    const { events, sites } = JSON.parse(report.toString()) as ReplayReport
    const ofYesterday = deliveries.filter(({ received }) => received >= today - dayMs)
    expect(events).toMatchObject({ replayed: ofYesterday.length, accepted: ofYesterday.length })
    expect(sites.map(({ site }) => site)).toEqual(['demo', 'other'])
    expect(sites[0]?.days.at(-1)).toMatchObject({ day: yesterday, old: sites[0]?.days.at(-1)?.new })
    expect(output).toContain('to the byte')
  })

  it('keeps nothing of a finished replay but cells, record and report', async () => {
    expect(await listObjects('replayed', 'state/replay/')).toEqual([])
    expect((await dumpTable('replayed-checkpoints')).filter((item) => item.includes('replay/'))).toEqual([])
  })

  it('says what would be replayed, and does nothing', async () => {
    const before = await dumpTable('replayed-cells')
    const { code, output } = await replay('--site', 'demo', '--from', yesterday, '--dry-run', '--json')
    expect(code, output).toBe(0)
    const ofYesterday = deliveries.filter(({ received }) => received >= today - dayMs)
    expect(lastLine(output)).toEqual({ segments: [yesterday], events: ofYesterday.length })
    expect(await dumpTable('replayed-cells')).toEqual(before)
  })

  it('can be killed, goes on when it is asked again, and ends the same', async () => {
    const killed = run('local/replay/cli.ts', ['--all', '--from', yesterday], env)
    const id = await eventually(() => /Generation (\S+)/.exec(killed.output())?.[1])
    killed.process.kill('SIGKILL')
    await once(killed.process, 'close')
    const { code, output } = await replay('--all', '--from', yesterday, '--json')
    expect(code, output).toBe(0)
    expect(output).toContain(`Going on with generation ${id}`)
    expect(lastLine(output)).toMatchObject({ generation: id, identical: true, events: 400 })
    expect(await cellsOf(id)).toEqual(live)
  })

  it('lists generations, and deletes the cells of one', async () => {
    const { output } = await replay('list', '--json')
    const [latest, first, ...others] = (lastLine(output) as { generations: { id: string; state: string }[] })
      .generations
    expect(others).toHaveLength(2)
    expect([latest?.state, first?.state]).toEqual(['ready', 'ready'])
    const dropped = await replay('drop', first?.id ?? '')
    expect(dropped.code, dropped.output).toBe(0)
    expect(await cellsOf(first?.id ?? '')).toEqual([])
    expect(await cellsOf('live')).toEqual(live)
    expect(await cellsOf(latest?.id ?? '')).toEqual(live)
  })

  it.each([
    [['--from', yesterday], 'say --site SITE or --all'],
    [['--all'], 'say the first day with --from DAY'],
    [['--all', '--from', '2026-02-31'], '--from must be a day'],
    [['--all', '--from', yesterday, '--to', dayText(today - 9 * dayMs)], '--to must not lie before --from'],
    [['--all', '--from', dayText(today + 2 * dayMs)], 'lies in the future'],
    [['--site', 'nobody', '--from', yesterday], 'there is no site nobody'],
    [['--all', '--from', yesterday, '--workers', '0'], '--workers must be'],
    [['--all', '--from', yesterday, '--source', 'memory'], '--source must be stream, archive or auto'],
    [['--resume', 'nothing'], 'there is no generation nothing'],
    [['publish'], 'publish which GENERATION?'],
    [['publish', 'nothing'], 'there is no generation nothing'],
    [['unpublish'], 'there is no command "unpublish"'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, output } = await replay(...args)
    expect(output).toContain(message)
    expect(code).toBe(2)
  })

  it('fails with the name of an object that is not there, and marks the generation', async () => {
    const [key = ''] = (await listObjects('replayed', 'archive/')).filter((each) => each.includes(`dt=${yesterday}`))
    const body = await environment.objects.get(key)
    await environment.objects.delete(key)
    const { code, output } = await replay('--all', '--from', yesterday, '--source', 'archive', '--json')
    await environment.objects.put(key, body)
    expect(code, output).toBe(1)
    expect(output).toContain(`${key} is not there, and the manifest names it`)
    const records = lastLine((await replay('list', '--json')).output) as {
      generations: { id: string; state: string }[]
    }
    const [failed] = records.generations
    expect(failed?.state).toBe('failed')
    const resumed = await replay('--resume', failed?.id ?? '', '--json')
    expect(resumed.code, resumed.output).toBe(0)
    expect(lastLine(resumed.output)).toMatchObject({ generation: failed?.id, identical: true })
  })

  it('publishes a generation, keeps what is published, and rolls back', async () => {
    const [{ id }] = lastLine((await replay('list', '--json')).output).generations as [{ id: string }]
    const store = createGenerationStore(environment.clients.dynamo, environment.table('control'))
    const counting = async () => publishedGeneration(await store.publications(), 'demo', yesterday)
    expect(await replay('rollback', id)).toMatchObject({ code: 1, output: expect.stringContaining('is not published') })
    expect((await replay('publish', id)).code).toBe(0)
    expect(await counting()).toBe(id)
    expect(await replay('drop', id)).toMatchObject({ code: 1, output: expect.stringContaining('roll it back first') })
    expect((await replay('rollback', id)).code).toBe(0)
    expect(await counting()).toBe('live')
    expect(await cellsOf(id)).toEqual(live)
  })
})
