import type { Settings } from '../../../stream/settings.ts'

/** ARNs of the SNS topics that incidents may be told to. */
export function topicsOf({ RETRACE_ALERT_TOPICS }: Settings): string[] {
  return RETRACE_ALERT_TOPICS.split(',').filter((arn) => arn !== '')
}
