/** A page with the snippet in it, in a real browser, and what it sends. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { buildSnippet } from '../../snippet/build.ts'
import type { TrackedEvent } from '../../stream/event.ts'
import { checkEvent } from '../../stream/validate.ts'
import { launchBrowser } from './browser.ts'
import { type Capture, startCapture } from './capture.ts'
import { eventually } from './eventually.ts'

export type PageOptions = {
  /** Attributes of the script element, such as `data-hash`. */
  attributes?: string
  /** Whether the snippet reports in automation, which a test is. */
  automation?: boolean
  /** In place of the usual script element. */
  script?: string
  /** What stands before the script element. */
  head?: string
  body?: string
  path?: string
  /** Headers of the page. */
  headers?: Record<string, string>
}

/** Tests of a page share a browser; each has a page and a capture of its own. */
export class SnippetPage {
  browser!: Browser
  capture!: Capture
  page!: Page
  /** What the page threw. A test that expects errors empties it. */
  errors: string[] = []
  #html = ''
  #headers: Record<string, string> = {}

  /** Registers the hooks of the test file. @param args of the browser's command line */
  constructor(args: string[] = []) {
    let script: string
    beforeAll(async () => {
      const [browser, built] = await Promise.all([launchBrowser(args), buildSnippet()])
      this.browser = browser
      script = built.code
    })
    afterAll(() => this.browser?.close())
    beforeEach(async () => {
      this.capture = await startCapture(
        script,
        () => this.#html,
        () => this.#headers,
      )
      this.page = await this.newTab(this.browser)
      this.errors = []
    })
    afterEach(async () => {
      await Promise.all(this.browser.contexts().map((context) => context.close()))
      await this.capture.close()
      // Nothing of ours ever reaches the page, and nothing ever goes out that the endpoint would refuse.
      expect(this.errors).toEqual([])
      const refused = this.capture.taken().flatMap((event) => {
        const check = checkEvent(event, [])
        return check.ok ? [] : { ...check, event }
      })
      expect(refused).toEqual([])
    })
  }

  /** @param where a browser, for a context of its own, or a context */
  async newTab(where: { newPage: () => Promise<Page> }): Promise<Page> {
    const page = await where.newPage()
    page.on('pageerror', ({ message }) => this.errors.push(message))
    return page
  }

  /** What every path answers from now on. */
  serve({ attributes = '', automation = true, script, head = '', body = '', headers = {} }: PageOptions): void {
    this.#headers = headers
    const all = `data-site="demo" ${automation ? 'data-automation' : ''} ${attributes}`
    const usual = `<script defer src="/retrace.js" ${all}></script>`
    this.#html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ferns</title>${head}${script ?? usual}</head><body>${body}</body></html>`
  }

  /** Opens the page, and waits for its page view. */
  async open(options: PageOptions = {}): Promise<void> {
    await this.visit(options)
    await eventually(() => this.taken('pageview')[0])
  }

  /** Opens the page, and waits for the second file as well. */
  async openWithMore(options: PageOptions = {}): Promise<void> {
    const loaded = this.page.waitForResponse('**/retrace-more.js')
    await this.open(options)
    await (await loaded).finished()
    // A script that has come runs before what is asked of the page when it is idle.
    await this.page.evaluate('new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 }))')
  }

  /** Opens the page, which may have nothing to say. */
  async visit(options: PageOptions = {}): Promise<void> {
    this.serve(options)
    await this.page.goto(this.capture.origin + (options.path ?? '/'))
  }

  /** Everything that was posted, whatever was answered. */
  sent(): TrackedEvent[] {
    return this.capture.requests.flatMap(({ events }) => events)
  }

  /** What was answered 202, of one type. */
  taken(type: TrackedEvent['type']): TrackedEvent[] {
    return this.capture.taken().filter((event) => event.type === type)
  }

  /** Custom events by their name. */
  custom(name: string): TrackedEvent[] {
    return this.taken('custom').filter((event) => event.name === name)
  }

  /** The page's last words: as when its tab is hidden. */
  leave(): Promise<unknown> {
    return this.page.goto('about:blank')
  }

  /**
   * Waits until the page has sent a custom event that it is told to send now. Events keep their order, so what did not
   * come by then does not come.
   */
  async settled(): Promise<void> {
    const before = this.custom('settled').length
    await this.page.evaluate("retrace('settled')")
    await eventually(() => this.custom('settled').length > before)
  }
}
