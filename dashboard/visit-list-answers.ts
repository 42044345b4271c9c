/** What the API answers about single visits. */
export const happenings = ['pageview', 'click', 'custom', 'error', 'vital', 'engagement'] as const
export type Happening = (typeof happenings)[number]

export type VisitRow = {
  /** A whole number as a text, larger the later it began. */
  id: string
  at: string
  /** From the first that happened in it to the last. */
  seconds: number
  engagedSeconds: number
  pageviews: number
  clicks: number
  /** Custom events. */
  events: number
  errors: number
  /** Pages; null: it saw none. */
  entry: string | null
  exit: string | null
  /** What it came with; null: not known. */
  country: string | null
  device: string | null
  browser: string | null
  os: string | null
  channel: string | null
  source: string | null
  campaign: string | null
}

export type VisitsAnswer = {
  /** Latest first. */
  visits: VisitRow[]
  /** The id to go on before; null: there are no earlier ones. */
  next: string | null
}

export type VisitStep = {
  at: string
  what: Happening
  page: string | null
  /** What was clicked, the name of an event or error, the name of a vital; null: a page view, or time spent. */
  value: string | null
  /** Of an event, `key` and `value`. */
  properties: { key: string; value: string }[]
  engagedSeconds: number
  /** The same in the same millisecond. */
  count: number
}

export type VisitStepsAnswer = {
  id: string
  steps: VisitStep[]
  /** There is more than is answered. */
  isCut: boolean
}
