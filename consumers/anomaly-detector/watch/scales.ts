/**
 * On which scale a figure is judged: one on which chance alone makes the same difference at night as at noon, so that one
 * past serves both.
 */
export type Scale = {
  of(value: number): number
  back(scaled: number): number
  /** The standard deviation of the scaled value by chance alone, given of how many events it tells. */
  noise(events: number): number
}

/** By how much the same time of different days differs, as a share, whatever the number of events. */
export const dayToDay = 0.05

export const scales = {
  /**
   * Counts vary by the square root of themselves (Poisson), and those of many events by a share as well; by about 1 on this
   * scale (Anscombe, 1948: the transform for a negative binomial distribution).
   */
  count: {
    of: (value) => (2 / dayToDay) * Math.asinh(dayToDay * Math.sqrt(value + 3 / 8)),
    back: (scaled) => Math.max(0, (Math.sinh((Math.max(0, scaled) * dayToDay) / 2) / dayToDay) ** 2 - 3 / 8),
    noise: () => 1,
  },
  /** The arcsine of a share has a variance that only the number of events decides. */
  share: {
    of: (value) => Math.asin(Math.sqrt(value)),
    back: (scaled) => Math.sin(Math.min(Math.PI / 2, Math.max(0, scaled))) ** 2,
    noise: (events) => 1 / (2 * Math.sqrt(events)),
  },
  /** Times are judged by their ratio. The third quartile of a log-normal time: 1.36 deviations of its logarithm, which is about 1. */
  time: {
    of: (value) => Math.log(Math.max(value, 1e-4)),
    back: (scaled) => Math.exp(scaled),
    noise: (events) => 1.36 / Math.sqrt(events),
  },
} as const satisfies Record<string, Scale>

export type ScaleName = keyof typeof scales
