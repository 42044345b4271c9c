/**
 * One alarm an incident. After an alarm only stronger evidence raises another, for a time: what it takes sinks from the
 * evidence of the first to nothing. And who has raised many has to be surer: a series whose past keeps being exceeded
 * is not as its past says.
 */
/** How long an alarm keeps the later ones down, in values. */
const restValues = 350
/** An alarm is remembered when its probability was below this, as a decimal order of magnitude of the evidence. */
const alarmEvidence = 3
/** Orders of magnitude more that ten times as many alarms ask of the next. */
const experience = 0.5

export class Incidents {
  readonly #rests: boolean
  readonly #learns: boolean
  #peak = 0
  #since = 0
  #alarms = 0

  constructor({ rests = true, learns = true } = {}) {
    this.#rests = rests
    this.#learns = learns
  }

  /** @returns the evidence that is left for an incident that has not been told yet; 0 when there is none */
  add(evidence: number): number {
    this.#since++
    const left = this.#learns ? evidence - experience * Math.log10(1 + this.#alarms) : evidence
    const bar = this.#rests ? this.#peak * Math.max(0, 1 - this.#since / restValues) : 0
    if (left <= bar) return 0
    this.#peak = left
    this.#since = 0
    if (left > alarmEvidence) this.#alarms++
    return left
  }

  /** What `write` puts into a state, in numbers. */
  static readonly length = 3

  write(into: Float64Array): void {
    into.set([this.#peak, this.#since, this.#alarms])
  }

  read(from: Float64Array): void {
    this.#peak = from[0] ?? 0
    this.#since = from[1] ?? 0
    this.#alarms = from[2] ?? 0
  }
}
