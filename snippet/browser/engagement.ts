import { report } from './report.ts'

let usedAt = 0
let engagedMs = 0

/**
 * Counts the time in which the page is visible and in use. Called when somebody does something: a tap is a mouse that
 * moved, since browsers add mouse events to touches. It reads no place and no size, which would force a layout.
 */
export const settle = (): void => {
  const now = Date.now()
  // Somebody who reads moves something twice a minute; who does not is elsewhere.
  engagedMs += usedAt && Math.min(now - usedAt, 30_000)
  usedAt = document.hidden ? 0 : now
}

/** Reports what came together since the last time, when a page is left. A tenth of a second is no report. */
export const reportEngagement = (): void => {
  settle()
  if (engagedMs > 99) {
    report('engagement', { engagedMs })
    engagedMs = 0
  }
}
