/** One of a few, each with its count. */
import { useId } from 'preact/hooks'
import { formatCount } from '../../format.ts'

type ChoiceProps<Value extends string> = {
  name: string
  options: readonly { value: Value; text: string; count: number }[]
  chosen: Value
  onChoose: (value: Value) => void
}

export function Choice<Value extends string>({ name, options, chosen, onChoose }: ChoiceProps<Value>) {
  const id = useId()
  return (
    <fieldset>
      <legend>{name}</legend>
      <div class="segments">
        {options.map(({ value, text, count }) => (
          <label key={value} class="segment">
            <input type="radio" name={id} checked={value === chosen} onChange={() => onChoose(value)} />
            <span>
              {text} <small>{formatCount(count)}</small>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
