import { loadPage } from './load-page.tsx'

export const ExploreLoader = loadPage(async () => (await import('./explore/explore.tsx')).Explore)
