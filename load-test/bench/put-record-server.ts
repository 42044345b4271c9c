/** How it is commonly done: each event is a Kinesis record of its own, put before the request is answered 202. */
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { readSettings } from '../../stream/settings.ts'
import { serveEvents } from './serve-events.ts'

/** The SDK's default of 50 connections would queue the requests of one moment behind each other. */
const maxSockets = 256

await serveEvents((app) => {
  const { RETRACE_STREAM: StreamName } = readSettings(process.env)
  const client = new KinesisClient({ requestHandler: new NodeHttpHandler({ httpAgent: { maxSockets } }) })
  app.post<{ Body: { events: { load: string }[] } }>('/v1/events', async ({ body }, reply) => {
    await Promise.all(
      body.events.map((event) =>
        client.send(
          new PutRecordCommand({ StreamName, PartitionKey: event.load, Data: Buffer.from(JSON.stringify(event)) }),
        ),
      ),
    )
    return reply.code(202).send({ accepted: body.events.length, rejected: [] })
  })
})
