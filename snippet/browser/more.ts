/** The second file: what is not needed in the first second. */
import './more/broken-pages.ts'
import './more/elements.ts'
import { listen, options, tools } from './more/core.ts'
import { edit } from './more/edit.ts'
import { watchErrors } from './more/errors.ts'
import { watchFrustration } from './more/frustration.ts'
import { persist } from './more/persistence.ts'
import { watchVitals } from './more/vitals.ts'

tools.edit_ = edit
tools.gate_ = false
// Of a page that is rendered ahead of time nothing is to be measured before it is shown.
const beginning = (document as { prerendering?: boolean }).prerendering ? 'prerenderingchange' : 'retrace'
for (const watch of [
  options.storage === 'persistent' && persist,
  options.vitals !== 'none' && watchVitals,
  options.errors !== 'none' && watchErrors,
  options.rage !== 'none' && watchFrustration,
])
  if (watch) listen(beginning, watch)
// What was held back is reported first. Then each of these begins, whatever becomes of the others.
dispatchEvent(new Event('retrace'))
