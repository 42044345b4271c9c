/**
 * A set of events by site and (load, n), small enough for the millions of a long run: what page loads count comes in
 * order and mostly without gaps, so a few spans stand for all of a page load's events.
 */
export type EventKey = { site: string; load: string; n: number }

/** First and last of each span, flat and ascending: 0, 3, 5, 5 stands for 0 1 2 3 5. */
type Spans = number[]

export class EventSet {
  readonly #sites = new Map<string, Map<string, Spans>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @returns whether the event is new */
  add(site: string, load: string, n: number): boolean {
    const loads = this.#sites.get(site) ?? new Map<string, Spans>()
    this.#sites.set(site, loads)
    const spans = loads.get(load)
    if (!spans) loads.set(load, [n, n])
    else if (!addTo(spans, n)) return false
    this.#size += 1
    return true
  }

  has(site: string, load: string, n: number): boolean {
    const spans = this.#sites.get(site)?.get(load)
    return spans !== undefined && isIn(spans, placeOf(spans, n), n)
  }

  sites(): string[] {
    return [...this.#sites.keys()]
  }

  *[Symbol.iterator](): Generator<EventKey> {
    for (const [site, loads] of this.#sites)
      for (const [load, spans] of loads)
        for (let i = 0; i < spans.length; i += 2)
          for (let n = spans[i] as number; n <= (spans[i + 1] as number); n += 1) yield { site, load, n }
  }
}

/** Index of the first span that ends at `n` or later; the length when there is none. */
function placeOf(spans: Spans, n: number): number {
  let i = 0
  while (i < spans.length && (spans[i + 1] as number) < n) i += 2
  return i
}

function isIn(spans: Spans, place: number, n: number): boolean {
  return place < spans.length && (spans[place] as number) <= n
}

function addTo(spans: Spans, n: number): boolean {
  const i = placeOf(spans, n)
  if (isIn(spans, i, n)) return false
  const joinsPrevious = i > 0 && spans[i - 1] === n - 1
  const joinsNext = i < spans.length && spans[i] === n + 1
  if (joinsPrevious && joinsNext) spans.splice(i - 1, 2)
  else if (joinsPrevious) spans[i - 1] = n
  else if (joinsNext) spans[i] = n
  else spans.splice(i, 0, n, n)
  return true
}
