import { listen, report, selectorOf } from './core.ts'

let last = {} as MouseEvent
let clicks = 0
/** What pages do, counted: whatever it is, it may be the answer to a click. */
let answers = 0
const answer = (): void => {
  answers++
  // One change answers all clicks before it. Pages change a lot, and each change that is watched costs them.
  observer.disconnect()
}
const observer = new MutationObserver(answer)

const tell = (name: string, element: Element): void => {
  // Who selects a text got what was asked for.
  if (!`${getSelection()}`) report('custom', { name, props: { selector: selectorOf(element) } })
}

/** Three clicks on a spot, each within half a second of the one before, are no search for something else. */
const watchRage = (event: MouseEvent & { target: Element }): void => {
  clicks =
    event.timeStamp - last.timeStamp < 500 && Math.hypot(event.x - last.x, event.y - last.y) < 30 ? clicks + 1 : 1
  last = event
  if (clicks === 3) tell('rage_click', event.target)
}

/**
 * Reports a click on what looks as if it did something, when a second later nothing has happened. A link to elsewhere
 * is answered by its page, however long that takes.
 */
const watchAnswer = (element: Element): void => {
  const answersBefore = answers
  // What changes in a shadow tree cannot be seen from here.
  if (element.shadowRoot || element.closest('a[href]:not([href^="#"],[href^=javascript])')) return
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  setTimeout(() => {
    if (
      answers === answersBefore &&
      (element.closest('button,[role=button]') || getComputedStyle(element).cursor === 'pointer')
    )
      tell('dead_click', element)
  }, 1000)
}

export const watchFrustration = (): void => {
  listen('blur scroll input submit focusin visibilitychange', answer)
  listen('click', (event: MouseEvent & { target: Element }) => {
    // Not what scripts and keys click.
    if (event.isTrusted && event.detail) {
      watchRage(event)
      watchAnswer(event.target)
    }
  })
}
