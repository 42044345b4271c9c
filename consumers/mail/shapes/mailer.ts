/**
 * Sends mails: by SMTP, or through Amazon SES with the rights of whoever runs this, as RETRACE_SMTP_URL says. One connection
 * a mail: they are few, and none is lost with a pool.
 */
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { type Settings, SettingsError } from '../../../stream/settings.ts'
import { plainAddressOf } from './email-address.ts'
import { isMailSetUp } from './mail-settings.ts'

export type Mail = {
  /** A plain address (email-address.ts). */
  to: string
  subject: string
  text: string
  html: string
  /** The same for every try of the same mail: ASCII letters, digits, dots and dashes. */
  id: string
  /** `id` of the mail that this one belongs to. */
  answers?: string
  /** Where to leave, without signing in: RFC 8058 has mail programs post there. */
  leave?: string
  /** Pictures that `html` shows as `cid:NAME`. */
  pictures?: readonly { name: string; png: Buffer }[]
}

export type MailResult =
  | { sent: true; status?: number }
  /** `isFinal`: the server refused this mail for good (RFC 5321, 5yz), and would again. */
  | { sent: false; error: MailError; status?: number; isFinal?: true }
export type MailError = 'status' | 'timeout' | 'unknown_host' | 'bad_certificate' | 'no_connection'

export type Mailer = { send(mail: Mail): Promise<MailResult> }

/** Longest time for one mail, from looking the server up to its yes. */
const timeoutMs = 10_000

/**
 * @returns undefined when no mail server is set
 * @throws SettingsError when only one of the two settings is there
 */
export function createMailer(settings: Settings): Mailer | undefined {
  const { RETRACE_SMTP_URL: url, RETRACE_MAIL_FROM: from } = settings
  if (url === '' && from === '') return undefined
  if (!isMailSetUp(settings)) throw new SettingsError('RETRACE_SMTP_URL and RETRACE_MAIL_FROM go together')
  const host = from.slice(from.lastIndexOf('@') + 1).replace('>', '')
  const transport = url === 'ses:' ? sesTransport() : smtpTransport(url)

  return {
    async send(mail) {
      const sending = transport.sendMail(messageOf(mail, from, host)).then(
        (answer): MailResult => ({ sent: true, ...statusOf(String(answer.response)) }),
        (error: unknown): MailResult => ({ sent: false, ...reasonOf(error) }),
      )
      return within(timeoutMs, sending)
    },
  }
}

function smtpTransport(url: string) {
  // Each is a bound on a silence; `timeoutMs` is on the whole.
  return createTransport({ url, connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs })
}

function sesTransport() {
  const sesClient = new SESv2Client({ maxAttempts: 2 })
  return createTransport({ SES: { sesClient, SendEmailCommand } })
}

function messageOf({ to, subject, text, html, id, answers, leave, pictures = [] }: Mail, from: string, host: string) {
  const address = plainAddressOf(to)
  if (address === undefined) throw new Error('a mail needs a plain address')
  const messageId = (of: string) => `<${of}@${host}>`
  const message: SendMailOptions = {
    from,
    // As an object it is one address, whatever is in it.
    to: { name: '', address },
    subject: oneLine(subject),
    text,
    html,
    messageId: messageId(id),
    ...(answers !== undefined && { inReplyTo: messageId(answers), references: messageId(answers) }),
    headers: {
      // SES gives each mail a Message-ID of its own.
      'Retrace-Id': id,
      // RFC 3834: holiday notices are not sent in answer.
      'Auto-Submitted': 'auto-generated',
      ...(leave !== undefined && {
        'List-Unsubscribe': { prepared: true, value: `<${leave}>` },
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
    attachments: pictures.map(({ name, png }) => ({
      filename: `${name}.png`,
      cid: name,
      content: png,
      contentType: 'image/png',
      contentDisposition: 'inline',
    })),
    // Nothing in a mail makes this process read files or ask other servers.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  return message
}

/** A header ends at a line break: what pages and sources are called may hold anything. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200)
}

function statusOf(response: string): { status?: number } {
  const [, status] = /^([2-5]\d\d)\b/.exec(response) ?? []
  return status === undefined ? {} : { status: Number(status) }
}

function reasonOf(error: unknown): Omit<Extract<MailResult, { sent: false }>, 'sent'> {
  const { code = '', responseCode, $metadata, cause, message = '' } = error as MailFault
  const status = responseCode ?? $metadata?.httpStatusCode
  if (status !== undefined) {
    // Of the address or the mail; a password that was refused can be mended.
    const isFinal = responseCode !== undefined && responseCode >= 550 && /^E(ENVELOPE|MESSAGE)$/.test(code)
    return { error: 'status', status, ...(isFinal && { isFinal: true as const }) }
  }
  const codes = [code, (cause as MailFault | undefined)?.code ?? '']
  if (codes.includes('ETIMEDOUT')) return { error: 'timeout' }
  if (codes.some((each) => each === 'EDNS' || each === 'ENOTFOUND' || each === 'EAI_AGAIN'))
    return { error: 'unknown_host' }
  if (codes.some((each) => /CERT|TLS|^UNABLE_TO_/.test(each)) || /certificate/i.test(message))
    return { error: 'bad_certificate' }
  return { error: 'no_connection' }
}

type MailFault = {
  code?: string
  responseCode?: number
  $metadata?: { httpStatusCode?: number }
  cause?: unknown
  message?: string
}

/** What has not ended by then may still arrive: it is sent again under the same id. */
async function within(ms: number, sending: Promise<MailResult>): Promise<MailResult> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<MailResult>((resolve) => {
    timer = setTimeout(() => resolve({ sent: false, error: 'timeout' }), ms)
  })
  return Promise.race([sending, late]).finally(() => clearTimeout(timer))
}
