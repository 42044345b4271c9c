/**
 * Web vitals as https://web.dev/articles/vitals defines them, each once a page view: when it is final, or when the page
 * is hidden, which may be the last moment. A page that comes back from the back/forward cache is measured anew.
 */
import { listen, report, tools } from './core.ts'

type Entry = PerformanceEntry & { value: number; hadRecentInput: boolean; interactionId: number }
type Navigation = PerformanceNavigationTiming & { activationStart?: number }

/** The largest value that is good, and the largest that is not poor. */
const thresholds = {
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
} as const

let sent: Record<string, unknown> = {}
let paintedMs: number | undefined
/** Layout shifts: the largest sum of a session window, and the window that is open. */
let largestSum = 0
let sum = 0
let firstAt = 0
let lastAt = 0
/** Milliseconds of the longest interactions, by their id, the longest first. */
let longest = new Map<number, number>()
let interactionsBefore = 0

const send = (name: keyof typeof thresholds, measured?: number): void => {
  const value = +(measured?.toFixed(4) as string)
  if (sent[name] || !(value >= 0)) return
  sent[name] = report
  const [good, fair] = thresholds[name]
  report('vital', {
    name,
    props: { value, rating: value > fair ? 'poor' : value > good ? 'needs-improvement' : 'good' },
  })
}

/** Shifts less than a second apart, in five seconds at most, belong together. https://web.dev/articles/cls */
const takeShift = ({ startTime, value }: Entry): void => {
  if (startTime - lastAt > 999 || startTime - firstAt > 4999) {
    sum = 0
    firstAt = startTime
  }
  lastAt = startTime
  sum += value
  largestSum = Math.max(largestSum, sum)
}

/**
 * An interaction is several events (pointerdown, pointerup, click): it lasts as long as the longest of them. Ten are
 * enough for pages with 500 of them; those with more are judged by their tenth longest.
 */
const takeInteraction = ({ interactionId, duration }: Entry): void => {
  longest.set(interactionId, Math.max(duration, longest.get(interactionId) || 0))
  longest = new Map([...longest].sort(([, one], [, other]) => other - one).slice(0, 10))
}

/** Where browsers do not count, the longest one stands for all, as on pages with few interactions. */
const countInteractions = () => (performance as { interactionCount?: number }).interactionCount || 0

export const watchVitals = (): void => {
  const [navigation] = performance.getEntriesByType('navigation') as [Navigation]
  // Of a page that was rendered ahead of time, what counts begins when it is shown.
  const activatedAt = navigation.activationStart || 0
  const sinceActivation = (at: number) => Math.max(0, at - activatedAt)
  // A page in the background is painted when nobody waits for it.
  const wasHidden = document.hidden

  const take = (entries: PerformanceEntryList) => {
    // Browsers call this themselves, and what fails in it would be the page's.
    try {
      for (const entry of entries as Entry[])
        if (entry.interactionId) takeInteraction(entry)
        // Not those within half a second after an input, which are what people asked for.
        else if (entry.value) entry.hadRecentInput || takeShift(entry)
        else if (wasHidden) continue
        else if (entry.name === 'first-contentful-paint') send('FCP', sinceActivation(entry.startTime))
        else if (entry.entryType[0] === 'l') paintedMs = sinceActivation(entry.startTime)
    } catch {}
  }
  const observer = new PerformanceObserver((list) => take(list.getEntries()))
  // Browsers leave out the types that they do not know.
  for (const type of ['paint', 'largest-contentful-paint', 'layout-shift', 'event', 'first-input'])
    observer.observe({ type, buffered: true, durationThreshold: 40 } as PerformanceObserverInit)

  send('TTFB', sinceActivation(navigation.responseStart))
  const sendLargestPaint = () => send('LCP', paintedMs)
  // What is painted after an input is its answer.
  listen('click keydown', sendLargestPaint)
  tools.leave_ = () => {
    if (!document.hidden) return
    take(observer.takeRecords())
    sendLargestPaint()
    // A page that was never painted cannot shift.
    if (sent.FCP && 'LayoutShift' in window) send('CLS', largestSum)
    // Of every fifty interactions one is left out, which is close to the 98th percentile. https://web.dev/articles/inp
    const outliers = Math.floor((countInteractions() - interactionsBefore) / 50)
    send('INP', [...longest.values()].slice(0, outliers + 1).pop())
  }
  listen('pageshow', ({ persisted, timeStamp }: PageTransitionEvent) => {
    if (!persisted) return
    sent = {}
    longest.clear()
    largestSum = sum = 0
    interactionsBefore = countInteractions()
    send('TTFB', 0)
    // The frame after the next one has what people see.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        paintedMs = performance.now() - timeStamp
        send('FCP', paintedMs)
      }),
    )
  })
}
