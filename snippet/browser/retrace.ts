import './start.ts'
import { safely } from './safely.ts'
import { isMap } from './tools.ts'

// The second file comes when the browser has nothing more urgent to load: it neither blocks nor delays the page.
if (options.more !== 'none')
  void safely(() => import(new URL(isMap ? 'retrace-map.js' : 'retrace-more.js', source) as unknown as string))()
