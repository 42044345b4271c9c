import type { Core } from '../core.ts'
import type { Retrace } from '../custom-events.ts'

/** Fails where the first file is not there or another one is, and with it the whole of the second. */
export const [options, tools, report, listen, selectorOf, flush, waiting] = (window.retrace as Retrace).core as Core
