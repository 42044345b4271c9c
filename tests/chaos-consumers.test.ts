/** `npm run chaos -- --target consumers`: it kills, it compares, and it would notice a difference. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { compare } from '../load-test/chaos/consumer-set/compare.ts'
import type { ConsumersReport } from '../load-test/chaos/consumer-set/run.ts'
import { problemsOf } from '../load-test/chaos/consumer-set/verdict.ts'
import { readArchive } from '../load-test/reconcile/read-archive.ts'
import { readTable } from '../load-test/reconcile/read-table.ts'
import { createStoreClients } from '../load-test/reconcile/stores.ts'
import { tables } from '../stream/tables.ts'
import { root } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'

describe('a run', () => {
  let temporary: string
  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'retrace-test-'))
  })
  afterEach(() => rm(temporary, { recursive: true, force: true }))

  it('kills all three three times each while their stores fail, and finds what they left to be the same', async () => {
    const args = ['--target', 'consumers', '--kills', '3', '--rate', '200', '--json']
    const child = spawn(process.execPath, [join(root, 'load-test/chaos/cli.ts'), ...args], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk))
    const [code] = await once(child, 'close')
    expect(code, stderr + stdout).toBe(0)
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ConsumersReport
    expect(report).toMatchObject({ kills: 3, crashes: 0, lost: 0, doubled: 0, identical: true })
    expect(report.events).toBe(report.acknowledged)
    expect(report.figures.counted).toBe(report.events)
    expect(report.archive.rows).toBe(report.events + report.copies)
    // The past that the run puts into the stream has three floods and three silent minutes.
    expect(report.compared.incidents.compared).toBeGreaterThan(2)
    expect(report.compared.cells.compared).toBeGreaterThan(100)
    const faults = Object.values(report.faults).flatMap((rules) => rules.map(({ times }) => times))
    expect(faults.reduce((sum, times) => sum + times, 0)).toBeGreaterThan(0)
    expect(await readdir(temporary)).toEqual([])
  }, 240_000)
})

describe('the comparison', () => {
  it('finds what only one side has, and what each has otherwise', () => {
    const one = new Map(Object.entries({ same: 'x', other: 'x', mine: 'x' }))
    const other = new Map(Object.entries({ same: 'x', other: 'y', yours: 'x' }))
    expect(compare(one, other)).toEqual({ compared: 4, different: 3, examples: ['other', 'mine', 'yours'] })
  })

  it('is the end of a run whose sides differ, and of one with nothing to compare', () => {
    const same = { compared: 5, different: 0, examples: [] }
    const report = {
      archive: { rows: 5, lost: 0, lostExamples: [], doubled: 0, objects: 2, revisions: 3 },
      figures: { counted: 5, missing: 0, doubled: 0 },
      compared: { cells: same, ledger: same, minutes: same, incidents: same, archive: same },
      unstored: 0,
      crashes: 0,
      stuck: 0,
      kills: 1,
    } as unknown as ConsumersReport
    expect(problemsOf(report)).toEqual([])
    const cells = { compared: 5, different: 1, examples: ['demo#hour 2026'] }
    expect(problemsOf({ ...report, compared: { ...report.compared, cells } })).toEqual([
      '1 of the cells are not what an undisturbed run made, such as demo#hour 2026.',
    ])
    const incidents = { compared: 0, different: 0, examples: [] }
    expect(problemsOf({ ...report, compared: { ...report.compared, incidents } })).toEqual([
      'There was no incident to compare.',
    ])
    expect(problemsOf({ ...report, archive: { ...report.archive, objects: 3 } })).toEqual([
      'No objects of the archive were merged.',
    ])
  })
})

describe('what is compared', () => {
  let stores: TestStores
  beforeAll(async () => {
    stores = await startStores()
  })
  afterAll(() => stores.close())

  it('is every attribute of an item but when it goes', async () => {
    const put = (cell: string, sequence: string, expiresAt: string) =>
      new DynamoDBClient({}).send(
        new PutItemCommand({
          TableName: `${stores.settings.RETRACE_TABLE_PREFIX}cells`,
          Item: {
            series: { S: 'demo#minute' },
            cell: { S: cell },
            data: { B: Buffer.from(cell) },
            sequence: { S: sequence },
            expiresAt: { N: expiresAt },
          },
        }),
      )
    const read = () =>
      readTable(createStoreClients(process.env).dynamo, `${stores.settings.RETRACE_TABLE_PREFIX}cells`, tables.cells)
    await put('one', '1', '10')
    const before = await read()
    expect([...before.keys()]).toEqual(['demo#minute one'])
    expect(before.get('demo#minute one')).toContain(Buffer.from('one').toString('base64'))
    await put('one', '1', '20')
    expect(await read()).toEqual(before)
    await put('one', '2', '10')
    expect(await read()).not.toEqual(before)
  })

  it('is every row of the objects that the manifest names, and rows that are there twice are counted', async () => {
    const clients = createStoreClients(process.env)
    const { RETRACE_BUCKET: Bucket, RETRACE_TABLE_PREFIX: tablePrefix } = stores.settings
    const write = (key: string, indexes: number[]) => {
      const columnData = [
        { name: 'shard', data: indexes.map(() => 'shard') },
        { name: 'sequence', data: indexes.map(() => '7') },
        { name: 'index', data: indexes, type: 'INT32' as const },
      ]
      const Body = new Uint8Array(parquetWriteBuffer({ columnData }))
      return clients.s3.send(new PutObjectCommand({ Bucket, Key: key, Body }))
    }
    const name = (...keys: string[]) =>
      clients.dynamo.send(
        new PutItemCommand({
          TableName: `${tablePrefix}archive`,
          Item: {
            day: { S: '2026-03-10' },
            part: { S: '12/shard' },
            revision: { N: '4' },
            objects: { B: zstdCompressSync(JSON.stringify(keys.map((key) => ({ key })))) },
          },
        }),
      )
    const read = () => readArchive(clients, { tablePrefix, bucket: Bucket })
    await write('archive/a', [0, 1])
    await write('archive/b', [2])
    await write('archive/c', [1, 2])
    await name('archive/a', 'archive/b')
    expect(await read()).toMatchObject({ rows: { size: 3 }, doubled: 0, objects: 2, revisions: 4 })
    await name('archive/a', 'archive/b', 'archive/c')
    expect(await read()).toMatchObject({ rows: { size: 3 }, doubled: 2 })
  })
})
