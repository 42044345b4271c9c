/** What each part of the detector is good for, and how it does with a threshold chosen without the family it is scored on: pure. */
import { type DetectorPart, detectorParts } from '../../consumers/anomaly-detector/series/series-detector.ts'
import { type LabelledSeries, scoresOf } from './corpus.ts'
import { bestThreshold, normalised, type Result, resultAt, type Scored, scored } from './score.ts'

/** A family by the threshold that is best for all others together. */
export type HeldOut = {
  family: string
  threshold: number
  result: Result
  ownBest: number | undefined
  windows: number
}

export type Variant = {
  /** What it goes without; undefined: nothing. */
  without: DetectorPart | undefined
  /** By NAB's rule: one threshold, the best for all. */
  threshold: number
  score: number | undefined
  families: { family: string; result: Result }[]
  heldOut: HeldOut[]
  /** Of all families, each by the threshold of the others. */
  heldOutScore: number | undefined
}

/** @returns the whole detector first, then without each of its parts */
export function ablation(corpus: readonly LabelledSeries[]): Variant[] {
  return [undefined, ...detectorParts].map((part) => variant(corpus, part))
}

function variant(corpus: readonly LabelledSeries[], without: DetectorPart | undefined): Variant {
  const scores = new Map(corpus.map((series) => [series, scoresOf(series, without === undefined ? [] : [without])]))
  const of = (belongs: (family: string) => boolean): Scored =>
    scored(
      corpus.filter(({ family }) => belongs(family)),
      (series) => scores.get(series) ?? [],
    )
  const all = of(() => true)
  const threshold = bestThreshold(all)
  const names = [...new Set(corpus.map(({ family }) => family))]
  const heldOut = names.map((family): HeldOut => {
    const own = of((name) => name === family)
    const chosen = bestThreshold(of((name) => name !== family))
    const ownBest = resultAt(own, bestThreshold(own)).score
    return { family, threshold: chosen, result: resultAt(own, chosen), ownBest, windows: own.windows }
  })
  const points = heldOut.reduce((sum, { result }) => sum + result.points, 0)
  return {
    without,
    threshold,
    score: resultAt(all, threshold).score,
    families: names.map((family) => ({
      family,
      result: resultAt(
        of((name) => name === family),
        threshold,
      ),
    })),
    heldOut,
    heldOutScore: normalised(points, all.windows),
  }
}
