import { loadPage } from './load-page.tsx'

export const AnomaliesLoader = loadPage(async () => (await import('./anomalies/anomalies.tsx')).Anomalies)
