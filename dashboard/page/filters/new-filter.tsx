/** A filter by any dimension: what, how, and which value, of which the site's own are suggested. */
import { useId, useState } from 'preact/hooks'
import type { BreakdownAnswer } from '../../answers.ts'
import { type Comparison, type Condition, mostConditions } from '../../query/conditions.ts'
import { filterDimensions } from '../../query/filter.ts'
import { Field } from '../field.tsx'
import { texts as panelTexts } from '../panels/texts.ts'
import { otherValue, valueText } from '../panels/values.ts'
import { apiPath, type Query } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import { filterTexts } from './texts.ts'

type NewFilterProps = {
  site: string
  query: Query
  filters: readonly Condition[]
  onAdd: (filters: Condition[]) => void
}

type Operator = Pick<Condition, 'by' | 'negated'>

const operators: readonly Operator[] = (['is', 'contains', 'matches'] as const).flatMap((by: Comparison) => [
  { by, negated: false },
  { by, negated: true },
])
const suggested = '200'

export function NewFilter({ site, query, filters, onAdd }: NewFilterProps) {
  const id = useId()
  const [dimension, setDimension] = useState(filterDimensions.find((name) => name === 'page') ?? filterDimensions[0])
  const [operator, setOperator] = useState(0)
  const [value, setValue] = useState('')
  const [problem, setProblem] = useState<string>()
  const { data } = useFetched<BreakdownAnswer>(
    dimension && apiPath(site, `breakdown/${dimension}`, { ...query, limit: suggested }),
  )
  if (!dimension) return null
  const { by, negated } = operators[operator] as Operator
  const known = (data?.dimension === dimension ? data.rows : []).filter((row) => row.value !== otherValue)
  // Whole values are chosen by what they are called, parts of them are looked for in what is stored.
  const wordsOf = (stored: string) => {
    const { text, small } = valueText(dimension, stored)
    return by !== 'is' ? stored : small === undefined ? text : `${text} · ${small}`
  }
  const suggestions = new Map(known.map((row) => [wordsOf(row.value), row.value]))

  function submit(): void {
    const stored = by === 'is' ? (suggestions.get(value) ?? value) : value
    const told =
      value === '' && !suggestions.has('')
        ? filterTexts.valueNeeded
        : filters.length >= mostConditions
          ? filterTexts.tooMany
          : undefined
    setProblem(told)
    if (told !== undefined) {
      document.getElementById(`${id}-value`)?.focus()
      return
    }
    const added: Condition = { dimension: dimension as Condition['dimension'], value: stored, by, negated }
    const isSame = (each: Condition) => each.dimension === dimension && each.by === by && each.value === stored
    onAdd([...filters.filter((each) => !isSame(each)), added])
  }

  return (
    <form
      class="note-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div class="field-pair">
        <Field id={`${id}-dimension`} label={filterTexts.dimension} problem={undefined}>
          {(attributes) => (
            <select
              {...attributes}
              value={dimension}
              onChange={({ currentTarget }) => {
                setDimension(filterDimensions[currentTarget.selectedIndex])
                setValue('')
              }}
            >
              {filterDimensions.map((name) => (
                <option key={name} value={name}>
                  {panelTexts.filter.names[name] ?? name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field id={`${id}-operator`} label={filterTexts.operator} problem={undefined}>
          {(attributes) => (
            <select
              {...attributes}
              value={String(operator)}
              onChange={({ currentTarget }) => setOperator(currentTarget.selectedIndex)}
            >
              {operators.map((each, i) => (
                <option key={`${each.by} ${each.negated}`} value={String(i)}>
                  {panelTexts.filter.by[each.by][each.negated ? 'not' : 'yes']}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <Field
        id={`${id}-value`}
        label={filterTexts.value}
        hint={by === 'matches' ? filterTexts.patternHint : filterTexts.valueHint}
        problem={problem}
      >
        {(attributes) => (
          <>
            <input
              {...attributes}
              type="text"
              list={`${id}-values`}
              autocomplete="off"
              spellcheck={false}
              maxLength={2000}
              value={value}
              onInput={({ currentTarget }) => setValue(currentTarget.value)}
            />
            <datalist id={`${id}-values`}>
              {[...suggestions.keys()].map((words) => (
                <option key={words} value={words} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <div class="modal-buttons">
        <button type="submit" class="button button-primary">
          {filterTexts.add}
        </button>
      </div>
    </form>
  )
}
