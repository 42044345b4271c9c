/** A server that speaks SNS's Publish and SES's SendEmail as far as we use them, refuses what they would, and remembers the rest. */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { close, listen } from './embedded.ts'

export type MessagingServer = {
  url: string
  /** Fields of each Publish that was taken. */
  published: Record<string, string>[]
  /** Raw messages that SES took. */
  mails: { to: string[]; source: string }[]
  /** Says this to everything instead. */
  refuse: { status?: number }
  close(): Promise<void>
}

export async function startMessaging(): Promise<MessagingServer> {
  const published: MessagingServer['published'] = []
  const mails: MessagingServer['mails'] = []
  const refuse: MessagingServer['refuse'] = {}
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256')) return response.writeHead(403).end()
    if (request.url === '/v2/email/outbound-emails') {
      const { Destination, Content } = JSON.parse(body)
      if (refuse.status) return response.writeHead(refuse.status, { 'x-amzn-errortype': 'MessageRejected' }).end('{}')
      mails.push({ to: Destination.ToAddresses, source: Buffer.from(Content.Raw.Data, 'base64').toString() })
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{"MessageId":"one"}')
    }
    const fields = Object.fromEntries(new URLSearchParams(body))
    const isUsable =
      fields.Action === 'Publish' &&
      /^[\x20-\x7e]{1,99}$/.test(fields.Subject ?? '') &&
      fields.TopicArn?.endsWith('.fifo') === (fields.MessageGroupId !== undefined)
    const status = refuse.status ?? (isUsable ? 200 : 400)
    if (status !== 200)
      return response
        .writeHead(status, { 'content-type': 'text/xml' })
        .end('<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code></Error></ErrorResponse>')
    published.push(fields)
    return response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end('<PublishResponse><PublishResult><MessageId>one</MessageId></PublishResult></PublishResponse>')
  })
  const url = `http://127.0.0.1:${await listen(server)}`
  return { url, published, mails, refuse, close: () => close(server) }
}
