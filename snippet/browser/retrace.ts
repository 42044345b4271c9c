import './start.ts'
import { safely } from './safely.ts'
import { mapFile } from './tools.ts'

// The second file comes when the browser has nothing more urgent to load: it neither blocks nor delays the page.
options.more === 'none' ||
  void safely(() => import(new URL(mapFile || 'retrace-more.js', source) as unknown as string))()
