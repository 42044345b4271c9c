/**
 * Events without code: `data-retrace-event` names one, and the other `data-retrace-*` attributes are its properties.
 * On a form it counts submits, elsewhere clicks.
 */
import { listen, options, report, selectorOf } from './core.ts'

const reportNamed = (element?: HTMLElement): void => {
  const found: Record<string, string> = {}
  for (const { name, value } of element?.attributes || []) found[name.split('data-retrace-')[1] as string] = value
  const { event, undefined: _others, ...props } = found
  if (event) report('custom', { name: event, props })
}

listen('click auxclick', (event: MouseEvent) => {
  if (event.button < 2 && event.isTrusted)
    reportNamed(
      (event.composedPath() as HTMLElement[]).find((node) => node.matches?.('[data-retrace-event]:not(form)')),
    )
})
listen('submit', ({ target }: { target: HTMLFormElement }) => {
  reportNamed(target)
  // `target.action` may be a field of that name. What is behind the path may be what was typed.
  const action = target.getAttribute('action')?.split(/[?#]/)[0]
  if (options.forms !== 'none')
    report('custom', { name: 'form_submit', props: { selector: selectorOf(target), action } })
})
