import type { Settings } from '../../../stream/settings.ts'

/** Whether mails can be sent; apart from mailer.ts, which is no small thing to load. */
export function isMailSetUp({ RETRACE_SMTP_URL, RETRACE_MAIL_FROM }: Settings): boolean {
  return RETRACE_SMTP_URL !== '' && RETRACE_MAIL_FROM !== ''
}
