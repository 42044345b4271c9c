import { loadPage } from './load-page.tsx'

export const SettingsLoader = loadPage(async () => (await import('./settings/settings.tsx')).Settings)
