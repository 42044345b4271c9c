/** A field with its label, its hint, and what is wrong with it beside it. */
import type { ComponentChildren } from 'preact'

type FieldAttributes = {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': boolean
}

type FieldProps = {
  id: string
  label: string
  hint?: string
  problem: string | undefined
  children: (attributes: FieldAttributes) => ComponentChildren
}

export function Field({ id, label, hint, problem, children }: FieldProps) {
  const told = [...(problem === undefined ? [] : [`${id}-problem`]), ...(hint === undefined ? [] : [`${id}-hint`])]
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': told.join(' ') || undefined, 'aria-invalid': problem !== undefined })}
      <Problem id={`${id}-problem`} text={problem} />
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  )
}

export function Problem({ id, text }: { id: string; text: string | undefined }) {
  if (text === undefined) return null
  return (
    <p id={id} class="field-problem" role="alert">
      {text}
    </p>
  )
}

type TextFieldProps = Omit<FieldProps, 'children'> & {
  value: string
  onText: (text: string) => void
  type?: 'text' | 'email' | 'password' | 'date' | 'time'
  autocomplete?: 'off' | 'current-password' | 'new-password'
  maxLength?: number
  spellcheck?: boolean
}

/** A field of one line. */
export function TextField({ id, label, hint, problem, onText, ...input }: TextFieldProps) {
  return (
    <Field id={id} label={label} problem={problem} {...(hint !== undefined && { hint })}>
      {(attributes) => (
        // Preact has a type for each `type` of an input, and none for several.
        <input {...attributes} {...(input as object)} onInput={({ currentTarget }) => onText(currentTarget.value)} />
      )}
    </Field>
  )
}
