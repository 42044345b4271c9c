/** A server that speaks Firehose's PutRecordBatch, holds callers to its limits and refuses what a test wants refused. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What becomes of a request: taken, refused as a whole, or refused record by record. */
export type FirehoseAnswer = 'take' | 'throttle' | ((record: number) => 'take' | 'refuse')

export type FirehoseServer = {
  url: string
  /** Records of each request, taken or not. */
  requests: Buffer[][]
  /** Lines of the records that were taken, in the order in which they were. */
  lines(): Record<string, unknown>[]
  close(): Promise<void>
}

type PutRecordBatch = { DeliveryStreamName: string; Records: { Data: string }[] }

export async function startFirehose(answer: (request: number) => FirehoseAnswer): Promise<FirehoseServer> {
  const requests: Buffer[][] = []
  const taken: Buffer[] = []
  const server = createServer(async (request, response) => {
    const reply = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
    if (request.headers['x-amz-target'] !== 'Firehose_20150804.PutRecordBatch')
      return reply(400, { __type: 'UnknownOperationException' })
    const { DeliveryStreamName, Records } = JSON.parse(String(await buffer(request))) as PutRecordBatch
    if (DeliveryStreamName !== 'warehouse') return reply(400, { __type: 'ResourceNotFoundException' })
    const records = Records.map(({ Data }) => Buffer.from(Data, 'base64'))
    if (!withinLimits(records)) return reply(400, { __type: 'InvalidArgumentException' })

    const what = answer(requests.length)
    requests.push(records)
    if (what === 'throttle') return reply(503, { __type: 'ServiceUnavailableException', message: 'Slow down.' })
    const RequestResponses = records.map((record, index) => {
      if (what !== 'take' && what(index) === 'refuse')
        return { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }
      taken.push(record)
      return { RecordId: `${requests.length}-${index}` }
    })
    const FailedPutCount = RequestResponses.filter(({ ErrorCode }) => ErrorCode).length
    return reply(200, { FailedPutCount, RequestResponses })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    lines: () =>
      String(Buffer.concat(taken))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function withinLimits(records: readonly Buffer[]): boolean {
  const bytes = records.reduce((sum, record) => sum + record.length, 0)
  const sizes = records.every(({ length }) => length > 0 && length <= 1000 * 1024)
  return records.length >= 1 && records.length <= 500 && bytes <= 4 * 1024 * 1024 && sizes
}
