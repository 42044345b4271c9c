import { loadPage } from './load-page.tsx'

export const PipelineLoader = loadPage(async () => (await import('./pipeline/pipeline.tsx')).Pipeline)
