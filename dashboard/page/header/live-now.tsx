/** Who is there right now, and the last half hour as small bars. */
import type { RealtimeAnswer } from '../../answers.ts'
import { formatCount } from '../format.ts'
import { texts } from '../texts.ts'

const barWidth = 2
const barGap = 1
const height = 18

export function LiveNow({ realtime }: { realtime: RealtimeAnswer | undefined }) {
  if (!realtime) return <span class="live-now skeleton-line" />
  const { visitors, minutes } = realtime
  const most = Math.max(1, ...minutes.map(({ pageviews }) => pageviews))
  return (
    <div class="live-now" data-quiet={visitors === 0}>
      <span class="live-dot" />
      <span class="live-text">{texts.header.rightNow(visitors, formatCount(visitors))}</span>
      <svg
        class="live-bars"
        width={minutes.length * (barWidth + barGap)}
        height={height}
        role="img"
        aria-label={texts.header.lastHalfHour}
      >
        <title>{texts.header.lastHalfHour}</title>
        {minutes.map(({ at, pageviews }, i) => {
          const bar = pageviews === 0 ? 1 : Math.max(2, Math.round((pageviews / most) * height))
          return <rect key={at} x={i * (barWidth + barGap)} y={height - bar} width={barWidth} height={bar} rx={0.5} />
        })}
      </svg>
    </div>
  )
}
