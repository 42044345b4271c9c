/** By what figures are of a part, each to be turned round or taken away, and what that means for the figures. The window where they are chosen comes when it is asked for. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { FactsInfo, SiteAnswer } from '../../answers.ts'
import { type Condition, mostConditions } from '../../query/conditions.ts'
import { formatPercent, timeFormats } from '../format.ts'
import { Disclosure } from '../header/disclosure.tsx'
import { OptionLink } from '../header/option-link.tsx'
import { ChevronIcon, CloseIcon } from '../icons.tsx'
import { later } from '../panels/later.tsx'
import { MakingBar } from '../panels/making-bar.tsx'
import { texts as panelTexts } from '../panels/texts.ts'
import { valueText } from '../panels/values.ts'
import type { Query } from '../state/client.ts'
import type { Making } from '../state/use-fetched.ts'
import type { Navigate, View } from '../state/view.ts'
import { ViewLink } from '../view-link.tsx'
import type { ChosenSegment, SiteSegments } from './use-segments.ts'

const FilterDialog = later(async () => (await import('./filter-dialog.tsx')).FilterDialog)

type FilterBarProps = {
  site: SiteAnswer
  /** Of the period: what values there are to choose from. */
  query: Query
  filters: readonly Condition[]
  segments: SiteSegments
  /** What figures are to be counted from is being made; and what lets go of it. */
  making: (Making & { cancel: Partial<View> }) | undefined
  /** What they were counted from. */
  facts: FactsInfo | undefined
  navigate: Navigate
  children?: ComponentChildren
}

/** Below it the archive has fewer events than were counted; a little less is what has just come. */
const nearlyAll = 0.995

export function FilterBar({ site, query, filters, segments, making, facts, navigate, children }: FilterBarProps) {
  const words = panelTexts.filter
  const [isOpen, setIsOpen] = useState(false)
  const { chosen } = segments
  const share = facts && facts.ofEvents > 0 ? facts.events / facts.ofEvents : 1
  return (
    <div class="filter-bar">
      <ul class="chips">
        {chosen && (
          <li>
            <SegmentChip segment={chosen} filters={filters} navigate={navigate} />
          </li>
        )}
        {filters.map((filter, i) => (
          <li key={`${filter.dimension} ${filter.by} ${filter.value}`}>
            <Chip filter={filter} others={(...instead) => filters.toSpliced(i, 1, ...instead)} navigate={navigate} />
          </li>
        ))}
        <li>
          <button type="button" class="button filter-add" aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
            + {words.add}
          </button>
        </li>
      </ul>
      {filters.length + (chosen ? 1 : 0) > 1 && (
        <ViewLink view={{ filters: [], segment: undefined }} navigate={navigate} class="link-button">
          {words.clear}
        </ViewLink>
      )}
      {children}
      <div class="filter-note" role="status">
        {making && (
          <>
            <MakingBar making={making} />
            <ViewLink view={making.cancel} navigate={navigate} class="link-button">
              {words.cancel}
            </ViewLink>
          </>
        )}
        {!making && share < nearlyAll && <p>{words.part(formatPercent(share))}</p>}
        {!making && facts?.through && (
          <p>{words.through(timeFormats('hour', site.timeZone).tick(Date.parse(facts.through)))}</p>
        )}
        {[...(chosen?.conditions ?? []), ...filters].some(
          ({ dimension, negated }) => dimension === 'page' && !negated,
        ) && <p>{words.ofPage}</p>}
      </div>
      {isOpen && (
        <FilterDialog
          site={site}
          query={query}
          filters={filters}
          segments={segments}
          navigate={navigate}
          onClose={() => setIsOpen(false)}
        />
      )}
    </div>
  )
}

type SegmentChipProps = { segment: ChosenSegment; filters: readonly Condition[]; navigate: Navigate }

function SegmentChip({ segment: { name, conditions }, filters, navigate }: SegmentChipProps) {
  const words = panelTexts.filter
  const view = { segment: undefined, filters: [...conditions, ...filters].slice(0, mostConditions) }
  return (
    <ChipWithMenu
      told={words.chip(words.segment, name)}
      options={[{ text: words.asFilters, view, current: false }]}
      without={{ segment: undefined }}
      navigate={navigate}
    />
  )
}

type ChipProps = {
  filter: Condition
  /** All filters with others in place of this one. */
  others: (...instead: Condition[]) => Condition[]
  navigate: Navigate
}

function Chip({ filter, others, navigate }: ChipProps) {
  const { dimension, value, by, negated } = filter
  const words = panelTexts.filter
  const name = words.names[dimension] ?? dimension
  const shown = by === 'is' ? valueText(dimension, value).text : value
  const plain = by === 'is' && !negated
  return (
    <ChipWithMenu
      told={plain ? words.chip(name, shown) : `${name} ${words.by[by][negated ? 'not' : 'yes']} ${shown}`}
      options={[false, true].map((not) => ({
        text: words.by[by][not ? 'not' : 'yes'],
        view: { filters: others({ ...filter, negated: not }) },
        current: not === negated,
      }))}
      without={{ filters: others() }}
      navigate={navigate}
    />
  )
}

type ChipWithMenuProps = {
  told: string
  /** What can be made of it. */
  options: readonly { text: string; view: Partial<View>; current: boolean }[]
  /** The view that lacks it. */
  without: Partial<View>
  navigate: Navigate
}

function ChipWithMenu({ told, options, without, navigate }: ChipWithMenuProps) {
  const words = panelTexts.filter
  return (
    <span class="chip">
      <Disclosure
        label={words.change(told)}
        align="start"
        class="chip-menu"
        face={
          <>
            <span class="chip-text">{told}</span>
            <ChevronIcon />
          </>
        }
      >
        {(close) => (
          <ul class="options">
            {options.map(({ text, view, current }) => (
              <li key={text}>
                <OptionLink
                  href={navigate.href(view)}
                  current={current}
                  text={text}
                  onChoose={() => {
                    close()
                    navigate.to(view)
                  }}
                />
              </li>
            ))}
          </ul>
        )}
      </Disclosure>
      <ViewLink view={without} navigate={navigate} class="chip-remove" label={words.remove(told)}>
        <CloseIcon />
      </ViewLink>
    </span>
  )
}
