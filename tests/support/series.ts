/** Made-up series: seasons, noise and what may happen to them, the same for the same seed. */
import { seededRandom } from './stream.ts'

export type Row = { at: number; value: number }

export const firstAt = Date.UTC(2026, 2, 2)
export const stepMs = 5 * 60_000
export const stepsADay = 288

/** Visits of a site: few at night, many in the afternoon, half of them at the weekend, and noise. */
export function dailySeries(
  days: number,
  seed = 1,
  change: (value: number, step: number) => number = (value) => value,
) {
  const random = seededRandom(seed)
  return Array.from({ length: days * stepsADay }, (_, step): Row => {
    const day = Math.floor(step / stepsADay)
    const usual = (200 - 120 * Math.cos((2 * Math.PI * step) / stepsADay)) * (day % 7 > 4 ? 0.5 : 1)
    const noise = (random() + random() + random() - 1.5) * 20
    return { at: firstAt + step * stepMs, value: Math.round(change(usual + noise, step)) }
  })
}
