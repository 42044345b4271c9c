/** Steps of a run, a line each on standard error, with the time that they took. */
export class Steps {
  /** By name, in the order in which they were done. */
  readonly seconds: Record<string, number> = {}
  /** The one under way, or that failed. */
  current: string | undefined
  readonly #startedAt = performance.now()

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    this.current = name
    const result = await work()
    this.current = undefined
    const seconds = tenths(performance.now() - startedAt)
    this.seconds[name] = seconds
    console.error(`${seconds.toFixed(1).padStart(6)} s  ${name}`)
    return result
  }

  /** Seconds since the first began. */
  total(): number {
    return tenths(performance.now() - this.#startedAt)
  }
}

const tenths = (ms: number) => Math.round(ms / 100) / 10
