/** What a test of the overview finds at its site, and in the lists that show it. */
import { counted, page, put } from './overview-page.ts'

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs
export const today = Date.parse('2026-11-23T00:00:00Z')
export const view = { events: 2, pageviews: 1, clicks: 1, visits: 1, visitMs: 30_000 }
const target = 'Buy\u0000#buy'

/** Three visitors this morning and one yesterday, who saw and did a bit of everything. */
export async function putMorning(): Promise<void> {
  await put(
    today + 8 * hourMs,
    counted(
      view,
      [1],
      [
        ['page', '/a'],
        ['entry', '/a'],
        ['exit', '/b'],
        ['referrer', 'google.com'],
        ['channel', 'search'],
        ['country', 'DE'],
        ['region', 'DE-BE'],
        ['language', 'pt-BR'],
        ['browser', 'Firefox'],
        ['screen', 'phone'],
        ['target', target],
        ['pageTarget', `/a\u0000${target}`],
        ['outbound', 'other.example/x'],
        ['rage', target],
        ['event', 'signup'],
        ['property', 'signup\u0000plan\u0000pro'],
        ['error', 'TypeError'],
        ['scroll', '/a\u000040'],
        ['vital', 'LCP\u0000200'],
      ],
    ),
  )
  await put(
    today + 9 * hourMs,
    counted(
      { ...view, clicks: 3 },
      [2, 3],
      [
        ['page', '/b'],
        ['country', 'FR'],
        ['target', target],
        ['pageTarget', `/b\u0000${target}`],
      ],
    ),
  )
  await put(today - dayMs + 8 * hourMs, counted(view, [4], [['page', '/a']]))
}

export const panel = (name: string) => page.getByRole('region', { name, exact: true })
export const rowsOf = async (name: string) =>
  (await panel(name).locator('.bar-row').allInnerTexts()).map((text) => text.split(/\s*\n\s*/).filter(Boolean))
