/**
 * Quantiles that add up: a histogram whose buckets grow by a constant factor, so that any value is known to within
 * 2 % of itself (Masson, Rim, Lee, "DDSketch", VLDB 2019). A cell keeps each bucket as a value with a count, and
 * cells add up as they do anyway.
 */
const accuracy = 0.02
const growth = Math.log((1 + accuracy) / (1 - accuracy))
/** Below and above, values are taken for these: layout shifts of a ten thousandth, loads of almost three hours. */
const least = 1e-4
const most = 1e7

export type Bucket = number | 'zero'

/** The bucket that a value falls into; 0 and what is negative into one of its own, below all others. */
export function bucketOf(value: number): Bucket {
  if (value <= 0) return 'zero'
  return Math.ceil(Math.log(Math.min(most, Math.max(least, value))) / growth)
}

/** A value in the bucket that is within 2 % of all others there. */
export function valueOfBucket(bucket: string): number {
  return bucket === 'zero' ? 0 : Math.exp(Number(bucket) * growth) * (1 - accuracy)
}

/**
 * @param counts how many values fell into each bucket
 * @param q 0 to 1
 * @returns undefined without any
 */
export function quantile(counts: ReadonlyMap<string, number>, q: number): number | undefined {
  const ascending = [...counts]
    .map(([bucket, count]) => ({ value: valueOfBucket(bucket), count }))
    .sort((a, b) => a.value - b.value)
  const total = ascending.reduce((sum, { count }) => sum + count, 0)
  let left = q * (total - 1)
  for (const { value, count } of ascending) {
    if (left < count) return value
    left -= count
  }
  return ascending.at(-1)?.value
}
