/** The checks that page tests rely on find what they are there to find. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { launchBrowser } from './support/browser.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

it.each([
  ['<button><svg></svg></button>', /^no name: <button>/],
  ['<input placeholder="Rules">', /^no name: <input/],
  ['<p id="a">One</p><p id="a">Two</p>', /^id twice: a$/],
  ['<input aria-label="Day" aria-describedby="gone">', /^aria-describedby names nothing/],
  ['<h1>Second</h1>', /^not one h1$/],
  ['<div style="width: 2000px">Wide</div>', /^wider than the window: 2\d\d\d$/],
  ['<p style="background: #fff; color: #888">Faint</p>', /^contrast 3\.54: <p/],
  ['<div style="background: #000"><p style="color: rgb(255 255 255 / 40%)">Faint</p></div>', /^contrast 3\.\d\d: <p/],
])('%s', async (html, problem) => {
  const page = await browser.newPage()
  const body = (content: string) => `<body style="background: #fff; color: #000"><h1>First</h1>${content}`
  await page.setContent(body('<label>Day <input></label><button>Start</button>'))
  expect(await findProblems(page)).toEqual([])
  await page.setContent(body(html))
  expect(await findProblems(page)).toEqual([expect.stringMatching(problem)])
  await page.close()
})
