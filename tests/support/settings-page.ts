/** What tests of the settings have in common, over those of a dashboard with its browser (replays-page.ts). */
import { bearer } from './dashboard.ts'
import { address, dashboard, page } from './replays-page.ts'

/** The API, as the administrator. */
export const api = async (path: string, payload?: object) =>
  (await dashboard.inject({ url: path, headers: bearer, ...(payload && { method: 'POST', payload }) })).json()
export const section = (name: string) => page.getByRole('region', { name, exact: true })
/** What is told once: a link, or a token. */
export const secret = () => page.locator('.told-once code').evaluate((code) => String(code.textContent))

/** Goes on as somebody else, in the same window. */
export async function become(cookie: string | undefined): Promise<void> {
  // A page that is open would ask without cookies, and go to sign in by itself.
  await page.goto('about:blank')
  await page.context().clearCookies()
  const [name = '', value = ''] = cookie?.split('=') ?? []
  if (cookie !== undefined) await page.context().addCookies([{ name, value, url: address }])
}
