/** What happened in one visit, from top to bottom. */
import type { VisitStep, VisitStepsAnswer } from '../../../visit-list-answers.ts'
import { formatExact, formatFineDuration } from '../../format.ts'
import { locale } from '../../language.ts'
import { Notice } from '../../notice.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { useFetched } from '../../state/use-fetched.ts'
import { texts } from '../../texts.ts'
import { visitsTexts as words } from './texts.ts'

type StepsProps = {
  /** In the API. */
  path: string
  timeZone: string
}

export function Steps({ path, timeZone }: StepsProps) {
  const { data, error, making, retry } = useFetched<VisitStepsAnswer>(path)
  const clock = new Intl.DateTimeFormat(locale, { timeZone, timeStyle: 'medium' })
  if (error?.status === 404) return <p class="hint">{words.notFound}</p>
  return (
    <>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {making && <MakingBar making={making} />}
      {data && (
        <ol class="visits-steps" aria-label={words.steps}>
          {data.steps.map((step, i) => {
            const gap = (Date.parse(step.at) - Date.parse(data.steps[i - 1]?.at ?? step.at)) / 1000
            return (
              <li key={i} data-what={step.what}>
                <time dateTime={step.at}>
                  {clock.format(Date.parse(step.at))}
                  {gap > 0 && <small>{words.later(formatFineDuration(gap))}</small>}
                </time>
                <Happened step={step} />
              </li>
            )
          })}
        </ol>
      )}
      {data?.isCut && <p class="hint">{words.cut}</p>}
    </>
  )
}

function Happened({ step: { what, page, value, properties, engagedSeconds, count } }: { step: VisitStep }) {
  // Of what was clicked the text comes first, and then its place.
  const [name = '', place] = (value ?? '').split('\u0000')
  return (
    <div>
      <strong>{words.what[what]}</strong> {value === null ? page : name || place}
      {count > 1 && <small> {words.times(formatExact(count))}</small>}
      {engagedSeconds > 0 && <small> {words.engaged(formatFineDuration(engagedSeconds))}</small>}
      {properties.map((property) => (
        <small key={property.key}>
          <br />
          {property.key}: {property.value}
        </small>
      ))}
      {value !== null && page !== null && (
        <small>
          <br />
          {page}
        </small>
      )}
    </div>
  )
}
