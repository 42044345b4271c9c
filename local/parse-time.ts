/**
 * The time that an option of a command says.
 *
 * @returns epoch milliseconds
 * @throws when it is none, with what it should be
 */
export function parseTime(option: string, text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new Error(`${option} must be a time such as 2026-03-10 or 2026-03-10T12:00Z`)
  return time
}
