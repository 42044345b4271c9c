import { report } from './report.ts'

let usedAt = 0
let engagedMs = 0
let bottom = 0

/**
 * Counts the time in which the page is visible and in use, and how far down it was seen. Called when somebody does
 * something: a tap is a mouse that moved, since browsers add mouse events to touches.
 */
export const settle = (): void => {
  const now = Date.now()
  // Somebody who reads moves something twice a minute; who does not is elsewhere.
  if (usedAt) engagedMs += Math.min(now - usedAt, 30_000)
  usedAt = document.hidden ? 0 : now
  bottom = Math.max(bottom, scrollY + innerHeight)
}

/**
 * Reports what came together since the last time, when a page is left. Leaving it fires two events
 * (`visibilitychange`, `pagehide`, in an order that differs): the few milliseconds between are no report.
 */
export const reportEngagement = (): void => {
  settle()
  if (engagedMs < 100) return
  report({
    type: 'engagement',
    engagedMs,
    scroll: Math.min(100, (bottom / document.documentElement.scrollHeight) * 100),
  })
  engagedMs = bottom = 0
}
