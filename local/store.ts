/**
 * One embedded AWS-compatible server as a process: `node local/store.ts kinesis|dynamodb|s3 FOLDER PORT`. Port 0
 * picks a free one; a restart gets the same again, since everybody else knows it by then.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import dynalite from 'dynalite'
import kinesalite from 'kinesalite'
import S3rver from 's3rver'
import { DUMMY_ACCOUNT } from 's3rver/lib/models/account.js'
import { runService } from '../stream/service.ts'
import { sweepExpired } from './sweep-expired.ts'

const stores: Record<string, (folder: string) => Server> = {
  kinesis: (path) => kinesalite({ path, createStreamMs: 0, deleteStreamMs: 0, updateStreamMs: 0, shardLimit: 100 }),
  dynamodb: (path) => dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }),
  s3: (directory) => {
    // s3rver knows a key of its own alone. Ours is whatever this machine uses; its signatures are not looked at.
    DUMMY_ACCOUNT.createKeyPair(process.env.AWS_ACCESS_KEY_ID ?? '', process.env.AWS_SECRET_ACCESS_KEY ?? '')
    return createServer(new S3rver({ directory, silent: true, allowMismatchedSignatures: true }).callback())
  },
}

await runService(process, async () => {
  const [kind = '', folder = '', port = '0'] = process.argv.slice(2)
  const create = stores[kind]
  if (!create) throw new Error(`there is no store "${kind}"`)
  // LevelDB opens in the background, and throws there when it cannot use what it finds.
  process.on('uncaughtException', (error) => {
    const failed = `${folder} cannot be used: ${causeOf(error)}`
    process.send?.({ failed })
    console.error(failed)
    process.exit(1)
  })
  const server = create(folder)
  return {
    drainMs: 5000,
    onFault: (error) => console.error(error),
    async start() {
      server.listen(Number(port), '127.0.0.1')
      await once(server, 'listening')
      const listening = (server.address() as AddressInfo).port
      await answers(listening, kind)
      if (kind === 'dynamodb') sweepExpired(listening)
      return { port: listening }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
})

/** Resolves when the server has answered, and so has opened its folder. */
async function answers(port: number, kind: string): Promise<void> {
  const clientOptions = { endpoint: `http://127.0.0.1:${port}`, region: 'local', maxAttempts: 1 }
  if (kind === 'kinesis')
    await new KinesisClient({ ...clientOptions, requestHandler: new NodeHttpHandler() }).send(new ListStreamsCommand())
  if (kind === 'dynamodb') await new DynamoDBClient(clientOptions).send(new ListTablesCommand())
}

/** The innermost reason: "Database is not open" says less than why. */
function causeOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause ? causeOf(cause) : message
}
