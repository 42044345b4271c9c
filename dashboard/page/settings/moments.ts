/** When something was made, used, or ends: here times are those of whoever looks, not of a site. */
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const utcDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' })
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

const second = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/** @param at ISO 8601 */
export function dayText(at: string): string {
  return day.format(Date.parse(at))
}

/** @param at ISO 8601, the beginning of a day in UTC */
export function utcDayText(at: string): string {
  return utcDay.format(Date.parse(at))
}

/** @param at ISO 8601 */
export function momentText(at: string): string {
  return moment.format(Date.parse(at))
}

/** @param at ISO 8601, of which the second matters */
export function secondText(at: string): string {
  return second.format(Date.parse(at))
}
