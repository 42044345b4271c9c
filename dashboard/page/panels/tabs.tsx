/** Tabs as WAI-ARIA's pattern has them: one stop for Tab, arrow keys between them. */
type TabsProps<Name extends string> = {
  label: string
  names: readonly Name[]
  textOf: (name: Name) => string
  current: Name
  /** Id of what the tabs switch. */
  controls: string
  onChoose: (name: Name) => void
}

export function Tabs<Name extends string>({ label, names, textOf, current, controls, onChoose }: TabsProps<Name>) {
  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = names[(names.indexOf(current) + step + names.length) % names.length]
    if (!next) return
    onChoose(next)
    document.getElementById(`${controls}-${next}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {names.map((name) => (
        <button
          key={name}
          id={`${controls}-${name}`}
          type="button"
          role="tab"
          class="tab"
          aria-selected={name === current}
          aria-controls={controls}
          tabIndex={name === current ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {textOf(name)}
        </button>
      ))}
    </div>
  )
}
