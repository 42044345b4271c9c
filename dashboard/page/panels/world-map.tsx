/** Where visitors are: tiles of countries, the darker the more. */
import type { BreakdownAnswer } from '../../answers.ts'
import { countryName, formatCount, formatPercent } from '../format.ts'
import { Notice } from '../notice.tsx'
import { apiPath } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import type { Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { SkeletonBars } from './skeleton-bars.tsx'
import { texts as panelTexts } from './texts.ts'
import { type Question, refreshMs } from './use-breakdown.ts'
import { nothingText } from './words.ts'
import { type Tile, tileColumns, tileRows, tiles } from './world-tiles.ts'

/** More than there are countries. */
const allCountries = '400'
const size = 20
const gap = 2
/** The least share of the colour, so that one visitor is seen. */
const faintest = 0.18

type WorldMapProps = { question: Question; visitors: number; navigate: Navigate }

export function WorldMap({ question: { site, query }, visitors, navigate }: WorldMapProps) {
  const { data, error, retry } = useFetched<BreakdownAnswer>(
    apiPath(site, 'breakdown/country', { ...query, limit: allCountries }),
    refreshMs,
  )
  if (!data && error) return <Notice text={error.message || texts.problems.load} onRetry={retry} />
  if (!data) return <SkeletonBars />
  if (data.rows.length === 0) return <p class="nothing">{nothingText('country')}</p>
  const counts = new Map(data.rows.map(({ value, visitors: count }) => [value, count]))
  const placed = tiles.map(({ country }) => counts.get(country) ?? 0)
  const most = Math.max(1, ...placed)
  const elsewhere = data.sum - placed.reduce((sum, count) => sum + count, 0)
  return (
    <div class="world">
      <svg viewBox={`0 0 ${tileColumns * size} ${tileRows * size}`}>
        <title>{panelTexts.map.label}</title>
        {tiles.map((tile) => (
          <TileMark
            key={tile.country}
            tile={tile}
            count={counts.get(tile.country) ?? 0}
            most={most}
            visitors={visitors}
            navigate={navigate}
          />
        ))}
      </svg>
      <p class="world-legend" aria-hidden="true">
        <span>{panelTexts.map.none}</span>
        <span class="world-scale" />
        <span>{panelTexts.map.most}</span>
      </p>
      {elsewhere > 0 && <p class="panel-note">{panelTexts.map.elsewhere(elsewhere, formatCount(elsewhere))}</p>}
    </div>
  )
}

type TileMarkProps = { tile: Tile; count: number; most: number; visitors: number; navigate: Navigate }

function TileMark({ tile: { country, column, row }, count, most, visitors, navigate }: TileMarkProps) {
  // The eye takes a square for its side: shares go by their root.
  const share = faintest + (1 - faintest) * Math.sqrt(count / most)
  const mark = (
    <g transform={`translate(${column * size},${row * size})`}>
      <rect class="world-empty" width={size - gap} height={size - gap} rx="3" />
      {count > 0 && <rect class="world-tile" width={size - gap} height={size - gap} rx="3" fill-opacity={share} />}
      <text
        class="world-code"
        data-tone={count > 0 ? (share > 0.55 ? 'on' : 'dark') : 'off'}
        x={(size - gap) / 2}
        y={(size - gap) / 2 + 0.5}
        text-anchor="middle"
        dominant-baseline="central"
      >
        {country}
      </text>
    </g>
  )
  if (count === 0) return mark
  const told = panelTexts.map.of(
    countryName(country),
    count,
    formatCount(count),
    formatPercent(visitors > 0 ? count / visitors : 0),
  )
  return (
    <ViewLink
      view={navigate.narrowed({ dimension: 'country', value: country })}
      navigate={navigate}
      // With the code that is seen on it: whoever speaks to the computer says that (WCAG 2.5.3).
      label={`${country}, ${told}`}
    >
      <title>{told}</title>
      {mark}
    </ViewLink>
  )
}
