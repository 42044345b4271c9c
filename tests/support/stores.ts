/** The embedded servers within a test: real Kinesis, DynamoDB and S3 protocols, in memory, one set a test file. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import dynalite from 'dynalite'
import kinesalite from 'kinesalite'
import S3rver from 's3rver'
import { provision } from '../../local/provision.ts'
import { readSettings, type Settings } from '../../stream/settings.ts'
import { close, listen } from './embedded.ts'

export type TestStores = { settings: Settings; close: () => Promise<void> }

/** Starts them, points the AWS SDK of this process at them, and makes stream, tables, bucket and the site `demo`. */
export async function startStores(): Promise<TestStores> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-test-'))
  const s3 = new S3rver({ directory: folder, silent: true, allowMismatchedSignatures: true })
  const servers = {
    KINESIS: kinesalite({ createStreamMs: 0, deleteStreamMs: 0, updateStreamMs: 0, shardLimit: 100 }),
    DYNAMODB: dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }),
    S3: createServer(s3.callback()),
  }
  for (const [service, server] of Object.entries(servers))
    process.env[`AWS_ENDPOINT_URL_${service}`] = `http://127.0.0.1:${await listen(server)}`
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
  })
  const settings = readSettings({ RETRACE_ADMIN_TOKEN: 'test-token', RETRACE_LOG_LEVEL: 'silent' })
  await provision(settings, Date.now())
  return {
    settings,
    async close() {
      await Promise.all(Object.values(servers).map(close))
      await rm(folder, { recursive: true })
    },
  }
}
