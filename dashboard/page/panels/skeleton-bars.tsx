import { texts } from '../texts.ts'

const widths = ['92%', '70%', '58%', '46%', '40%', '32%']

/** Where a list will be. */
export function SkeletonBars() {
  return (
    <div class="skeleton-bars">
      {widths.map((width) => (
        <span key={width} class="skeleton-bar" style={{ width }} />
      ))}
      <span class="visually-hidden">{texts.loading}</span>
    </div>
  )
}
