/** Names that people give to what they save: segments, goals, funnels. */

/** On one line. */
const printable = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u

/** @returns what is wrong with it, if anything */
export function namedProblem(name: string): string | undefined {
  return printable.test(name.trim()) ? undefined : 'name must be one line that says something'
}
