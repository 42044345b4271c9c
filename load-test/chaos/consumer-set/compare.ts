/** Two sets of texts by key, side by side: pure. */
export type Comparison = {
  /** Keys that either of them has. */
  compared: number
  /** Keys that only one has, or that have another text in each. */
  different: number
  /** Some of those. */
  examples: string[]
}

const maxExamples = 3

export function compare(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): Comparison {
  const keys = new Set([...one.keys(), ...other.keys()])
  const different = [...keys].filter((key) => one.get(key) !== other.get(key))
  return { compared: keys.size, different: different.length, examples: different.slice(0, maxExamples) }
}
