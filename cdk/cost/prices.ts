/** The list prices of prices.json: US dollars before tax, without free tiers and discounts. */
import file from './prices.json' with { type: 'json' }

export type Price = {
  usd: number
  /** What one costs so much of. */
  unit: string
  /** When the source says so, or when it was looked up. */
  date: string
  source: string
  /** Whether the source could be read; a price that is not confirmed is from memory, and its source is where to check it. */
  confirmed: boolean
}

/** Prices of a region by what is sold: the same names in each. */
export type RegionPrices = Record<keyof (typeof file)['regions']['us-east-1'], Price>

const regions = new Map<string, RegionPrices>(Object.entries(file.regions))

export const regionNames: readonly string[] = [...regions.keys()]

/** @returns undefined when the file has no prices of the region */
export function pricesOf(region: string): RegionPrices | undefined {
  return regions.get(region)
}

/** Names of the prices that could not be confirmed. */
export function unconfirmed(prices: RegionPrices): string[] {
  return Object.entries(prices)
    .filter(([, { confirmed }]) => !confirmed)
    .map(([name]) => name)
}
