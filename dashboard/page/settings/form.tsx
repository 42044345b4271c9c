/** A form of the settings: fields, what the API refused, and what came of it. */
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Problem } from '../field.tsx'

type FormProps = {
  /** What was wrong with it as a whole; what is wrong with a field stands beside that. */
  problem: string | undefined
  onSubmit: () => Promise<void>
  children: ComponentChildren
  /** Below everything. */
  end?: ComponentChildren
}

/** Fields check themselves, in the page's language: browsers say it in theirs, one field at a time. */
export function Form({ problem, onSubmit, children, end }: FormProps) {
  return (
    <form
      class="settings-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void onSubmit()
      }}
    >
      {children}
      <Problem id={useId()} text={problem} />
      {end}
    </form>
  )
}

/** Ends a form that changes what is there: the button, and that it was done. */
export function FormEnd({ button, busy, done }: { button: string; busy: boolean; done: string | undefined }) {
  return (
    <div class="settings-end">
      <button type="submit" class="button button-primary" disabled={busy}>
        {button}
      </button>
      <span role="status">{done}</span>
    </div>
  )
}
