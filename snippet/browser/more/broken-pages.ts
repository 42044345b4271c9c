/** Writes and sends events where scripts of the page have replaced `JSON.stringify` or `fetch`. */
import { tools } from './core.ts'

const { fetch } = window
if (!/native/.test(`${JSON.stringify}`)) {
  // A frame has a JSON of its own. Without an address it loads nothing, and is gone before anybody sees it.
  const frame = document.head.appendChild(document.createElement('iframe'))
  tools.stringify_ = (frame.contentWindow as typeof window).JSON.stringify
  frame.remove()
}
tools.post_ = async (url, request) => {
  let answer: Promise<Response> | undefined
  try {
    answer = fetch(url, request)
    return await answer
  } catch (error) {
    // A TypeError that comes later is a network that is down. All else is no fetch any more. A beacon tells nothing of
    // its fate, and blockers stop it more often, so it comes second.
    if ((answer && error instanceof TypeError) || !navigator.sendBeacon(url, request.body)) throw error
    return new Response()
  }
}
