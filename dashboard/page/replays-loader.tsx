import { loadPage } from './load-page.tsx'

export const ReplaysLoader = loadPage(async () => (await import('./replays/replays.tsx')).Replays)
