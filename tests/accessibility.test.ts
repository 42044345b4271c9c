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
  ['<button><svg></svg></button>', /^button-name: <button>/],
  ['<input placeholder="Rules">', /^no name: <input/],
  ['<dialog open>Rules</dialog>', /^no name: <dialog/],
  ['<p id="a">One</p><p id="a">Two</p>', /^id twice: a$/],
  ['<input aria-label="Day" aria-describedby="gone">', /^aria-describedby names nothing/],
  ['<h1>Second</h1>', /^more than one h1$/],
  ['<h4>Deep</h4>', /^heading-order: <h4>/],
  ['<div style="width: 2000px">Wide</div>', /^wider than the window: 2\d\d\d$/],
  ['<p style="background: #fff; color: #888">Faint</p>', /^color-contrast: <p.* 3\.54/],
  [
    '<div style="background: #000"><p style="color: rgb(255 255 255 / 40%)">Faint</p></div>',
    /^color-contrast: <p.* 3\./,
  ],
  ['<p style="background: linear-gradient(#fff, #fff); color: #888">Faint</p>', /^contrast 3\.54: <p/],
])('%s', async (html, problem) => {
  const page = await browser.newPage()
  const document = (content: string) => `<!doctype html><html lang="en"><title>Rules</title>
    <body style="background: #fff; color: #000"><main><h1>First</h1>${content}</main>`
  await page.setContent(document('<label>Day <input></label><button>Start</button>'))
  expect(await findProblems(page)).toEqual([])
  await page.setContent(document(html))
  expect(await findProblems(page)).toEqual([expect.stringMatching(problem)])
  await page.close()
})

it('looks under a policy that lets no text be run', async () => {
  const page = await browser.newPage()
  const csp = `<meta http-equiv="content-security-policy" content="default-src 'none'">`
  await page.setContent(
    `<!doctype html><html lang="en"><head>${csp}<title>Rules</title><main><h1>First</h1><button></button>`,
  )
  expect(await findProblems(page)).toEqual([expect.stringMatching(/^button-name/)])
  await page.close()
})
