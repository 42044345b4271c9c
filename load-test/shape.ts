/** How the arrival rate changes over a run, pure: the highest rate is the one that was asked for. */

export const shapes = ['constant', 'ramp', 'spike', 'day'] as const
export type Shape = (typeof shapes)[number]

/** Share of the highest rate at each hour from midnight on: a site of one time zone, quiet at night, busiest at nine. */
const dayByHour = [
  0.32, 0.22, 0.16, 0.13, 0.13, 0.17, 0.27, 0.42, 0.56, 0.65, 0.7, 0.73, 0.75, 0.74, 0.72, 0.72, 0.74, 0.78, 0.83, 0.91,
  0.98, 1, 0.83, 0.53,
] as const

/**
 * @param progress of the run, 0 to 1
 * @returns share of the highest rate, above 0 and at most 1
 */
export function shareAt(shape: Shape, progress: number): number {
  switch (shape) {
    case 'constant':
      return 1
    case 'ramp':
      return 0.1 + 0.9 * Math.min(1, progress)
    case 'spike':
      // A link on a busy page: five times the usual, at once, for a fifth of the run.
      return progress >= 0.4 && progress < 0.6 ? 1 : 0.2
    case 'day':
      return between(dayByHour, progress * dayByHour.length)
  }
}

/** Linear from hour to hour, around midnight too. */
function between(values: readonly number[], position: number): number {
  const index = Math.floor(position)
  const from = values[index % values.length] ?? 1
  const to = values[(index + 1) % values.length] ?? 1
  return from + (to - from) * (position - index)
}
