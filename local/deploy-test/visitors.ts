/** Visitors of a site, through the endpoint, and what must have become of them. */
import type { TrackedEvent } from '../../stream/event.ts'
import { browser, hex, pageview, sites } from './events.ts'

const requestMs = 30_000
const engagedMs = 1000

export class Visitors {
  /** What the dashboard should say, as `summary` has it. */
  readonly expected = { visitors: 0, visits: 0, pageviews: 0, clicks: 0, events: 0 }
  /** Events that came in twice. */
  duplicates = 0
  readonly #ingestUrl: string
  readonly #at: number

  /** @param at the time on everybody's clock */
  constructor(ingestUrl: string, at: number) {
    this.#ingestUrl = ingestUrl
    this.#at = at
  }

  /** @returns events that the endpoint has taken, copies and all */
  get accepted(): number {
    return this.expected.events + this.duplicates
  }

  /**
   * One opens a page, and does nothing yet.
   *
   * @param ingestUrl where the page sends it; by default, where all do
   */
  async come(ingestUrl = this.#ingestUrl): Promise<void> {
    const number = this.expected.visitors
    this.expected.visitors += 1
    this.expected.visits += 1
    this.expected.pageviews += 1
    this.expected.events += 1
    await this.#send(number, this.#pageview(number), ingestUrl)
  }

  /** Each clicks once, after a page view. */
  async click(): Promise<void> {
    await this.#all(async (number) => {
      this.expected.clicks += 1
      this.expected.events += 1
      await this.#send(number, this.#click(number))
    })
  }

  /** Each goes on reading, which the page reports now and then. */
  async read(n: number): Promise<void> {
    await this.#all(async (number) => {
      this.expected.events += 1
      await this.#send(number, { ...this.#pageview(number), type: 'engagement', n, engagedMs })
    })
  }

  /** One sends its click once more, as a page does whose answer was lost. */
  async repeat(): Promise<void> {
    this.duplicates += 1
    await this.#send(0, this.#click(0))
  }

  #pageview(number: number): TrackedEvent {
    return pageview(hex(16, number + 1), this.#at, `/article-${number}`)
  }

  #click(number: number): TrackedEvent {
    return { ...this.#pageview(number), type: 'click', n: 1, target: { selector: '#next', text: 'Next' } }
  }

  async #all(act: (number: number) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: this.expected.visitors }, (_, number) => act(number)))
  }

  /** @throws unless the endpoint takes the event */
  async #send(number: number, event: TrackedEvent, ingestUrl = this.#ingestUrl): Promise<void> {
    const answer = await fetch(`${ingestUrl}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'user-agent': browser(120 + number) },
      body: JSON.stringify({ site: sites.visited, sentAt: this.#at, events: [event] }),
      signal: AbortSignal.timeout(requestMs),
    })
    const text = await answer.text()
    if (answer.status !== 202 || (JSON.parse(text) as { accepted: number }).accepted !== 1)
      throw new Error(`the endpoint answers ${answer.status}: ${text}`)
  }
}
