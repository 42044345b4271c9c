/**
 * The third file: the map of a page's clicks, drawn over the page. Nobody loads it but who opens the page by a link of the
 * dashboard, whose token says what may be shown; without one that the dashboard knows there is nothing to show.
 */
import { ask } from './map/ask.ts'
import { openOverlay } from './map/overlay.ts'
import { takeToken } from './map/token.ts'

const token = takeToken()
// Whatever fails here is nothing of the page's.
if (token) void openOverlay(() => ask(token)).catch(() => {})
