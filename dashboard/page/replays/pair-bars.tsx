/** Two numbers as bars, one under the other; the numbers themselves stand beside them as text. */
type PairBarsProps = {
  old: number
  new: number
  /** As long as there is room. */
  most: number
}

export function PairBars({ old, new: fresh, most }: PairBarsProps) {
  const width = (value: number) => `${most > 0 ? (value / most) * 100 : 0}%`
  return (
    <span class="pair-bars" aria-hidden="true">
      <span class="pair-new" style={{ width: width(fresh) }} />
      <span class="pair-old" style={{ width: width(old) }} />
    </span>
  )
}
