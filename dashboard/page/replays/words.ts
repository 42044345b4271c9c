/** What is said of a replay in several places. */
import type { ReplayAnswer } from '../../answers.ts'
import { formatDuration } from '../format.ts'
import { locale } from '../language.ts'
import type { RequestError } from '../state/client.ts'
import { replayTexts } from './texts.ts'

const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })

/** @param at ISO 8601 */
export function formatMoment(at: string): string {
  return moment.format(Date.parse(at))
}

export function sitesText(sites: ReplayAnswer['sites']): string {
  return sites === 'all' ? replayTexts.allSites : sites.join(', ')
}

/** Why something was not done. */
export function refusalText({ status, message, retryAfterSeconds }: RequestError): string {
  const { actions } = replayTexts
  if (status === 0 || message === '') return actions.unreachable
  return retryAfterSeconds === undefined ? message : actions.again(message, formatDuration(retryAfterSeconds))
}
