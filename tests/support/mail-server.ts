/** A real SMTP server on this machine that remembers what it was sent. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { createMailer, type Mailer } from '../../consumers/mail/shapes/mailer.ts'
import { readSettings } from '../../stream/settings.ts'

export type ReceivedMail = {
  /** Of the envelope: where it really goes. */
  from: string
  to: string[]
  /** As it came, headers and all. */
  source: string
}

export type MailServer = {
  url: string
  received: ReceivedMail[]
  /** What is said to a recipient, or to a whole mail; by default yes. */
  refuse: { recipient?: number; mail?: number }
  mailer: Mailer
  close(): Promise<void>
}

export async function startMailServer(): Promise<MailServer> {
  const refuse: MailServer['refuse'] = {}
  const refused = (code: number) => Object.assign(new Error('no'), { responseCode: code })
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo: (_address, _session, done) => done(refuse.recipient ? refused(refuse.recipient) : null),
    onData(stream, { envelope }, done) {
      void text(stream).then((source) => {
        if (refuse.mail) return done(refused(refuse.mail))
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), source })
        done()
      })
    },
  })
  const received: ReceivedMail[] = []
  // A client that is killed leaves its connection in the middle of something.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const mailer = createMailer(
    readSettings({ RETRACE_SMTP_URL: url, RETRACE_MAIL_FROM: 'Retrace <retrace@example.org>' }),
  )
  if (!mailer) throw new Error('no mailer')
  return { url, received, refuse, mailer, close: () => new Promise((done) => server.close(() => done())) }
}

/** Headers as a mail program reads them: folded lines together, names in lower case, encoded words (RFC 2047) decoded. */
export function headersOf({ source }: ReceivedMail): Map<string, string> {
  const [head = ''] = source.split('\r\n\r\n')
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  return new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      encodedWords(line.slice(line.indexOf(':') + 1).trim()),
    ]),
  )
}

function encodedWords(text: string): string {
  return text.replace(/\?=\s+=\?/g, '?==?').replace(/(=\?UTF-8\?[QB]\?[^?]*\?=)+/g, (words) => {
    const bytes = [...words.matchAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/g)].map(([, kind, word = '']) =>
      kind === 'B' ? Buffer.from(word, 'base64') : Buffer.from(quotedPrintable(word.replaceAll('_', ' ')), 'latin1'),
    )
    return Buffer.concat(bytes).toString()
  })
}

/** Both bodies, decoded from quoted-printable or base64. */
export function bodiesOf({ source }: ReceivedMail): { text: string; html: string } {
  const part = (type: string) => {
    const [, encoding = '', body = ''] =
      new RegExp(
        `Content-Type: ${type}[^]*?Content-Transfer-Encoding: ([\\w-]+)[^]*?\\r\\n\\r\\n([^]*?)\\r\\n--`,
        'i',
      ).exec(source) ?? []
    return encoding === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : Buffer.from(quotedPrintable(body), 'latin1').toString()
  }
  return { text: part('text/plain').replaceAll('\r\n', '\n'), html: part('text/html').replaceAll('\r\n', '\n') }
}

/** @returns a character for each byte */
function quotedPrintable(body: string): string {
  return body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number(`0x${hex}`)))
}
