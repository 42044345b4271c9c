/**
 * What is usual at this time of day and at this time of the week: two profiles in steps of five minutes, each a moving
 * mean over the days or weeks before. No period is searched for: people live by these two, and so does their traffic.
 */
const stepMs = 5 * 60_000
const dayMs = 86_400_000
const weekMs = 7 * dayMs
const daySteps = dayMs / stepMs
const weekSteps = weekMs / stepMs
/** Share of the newest day or week in a profile. */
const newest = 0.3

export class Season {
  readonly #day = new Float32Array(daySteps).fill(Number.NaN)
  readonly #week = new Float32Array(weekSteps).fill(Number.NaN)
  /** The step that values are in now, counted from 1970, and what came in it: a profile changes once a step. */
  #step = Number.NaN
  #sum = 0
  #count = 0

  /** Moves to a time; the means of the time before go into the profiles. */
  moveTo(timestampMs: number): void {
    const step = Math.floor(timestampMs / stepMs)
    if (step === this.#step) return
    if (this.#count > 0) {
      const mean = this.#sum / this.#count
      blend(this.#day, place(this.#step, daySteps), mean)
      blend(this.#week, place(this.#step, weekSteps), mean)
    }
    this.#step = step
    this.#sum = 0
    this.#count = 0
  }

  /** What the same time of the days before had; NaN before there was one. */
  get ofDay(): number {
    return this.#day[place(this.#step, daySteps)] as number
  }

  /** What the same time of the weeks before had; NaN before there was one. */
  get ofWeek(): number {
    return this.#week[place(this.#step, weekSteps)] as number
  }

  /** Takes in a value of the time moved to. */
  add(value: number): void {
    this.#sum += value
    this.#count++
  }

  /** What `write` puts into a state, in numbers of each width. */
  static readonly doubles = 3
  static readonly singles = daySteps + weekSteps

  write(doubles: Float64Array, singles: Float32Array): void {
    doubles.set([this.#step, this.#sum, this.#count])
    singles.set(this.#day)
    singles.set(this.#week, daySteps)
  }

  static read(doubles: Float64Array, singles: Float32Array): Season {
    const season = new Season()
    season.#step = doubles[0] ?? Number.NaN
    season.#sum = doubles[1] ?? 0
    season.#count = doubles[2] ?? 0
    season.#day.set(singles.subarray(0, daySteps))
    season.#week.set(singles.subarray(daySteps, daySteps + weekSteps))
    return season
  }
}

function blend(profile: Float32Array, at: number, mean: number): void {
  const before = profile[at] as number
  profile[at] = Number.isNaN(before) ? mean : before + newest * (mean - before)
}

/** Also before 1970. */
function place(step: number, steps: number): number {
  return ((step % steps) + steps) % steps
}
