import { listen, report } from './core.ts'

const seen = new Set<string>()

/**
 * Messages quote what people typed and where they were: query strings, fragments, mail addresses, long numbers go. Of a
 * rejection with a whole document as its reason, looking for addresses would take seconds.
 */
const impersonal = (text: unknown): string =>
  `${text}`
    .slice(0, 1000)
    .replace(/[?#][^\s'")]*|[^\s@]+@[^\s@]+|\d{5,}/g, '…')
    .slice(0, 128)

const reportError = (error: unknown, source?: string, line?: number): void => {
  const name = impersonal(error)
  // A page that fails in a loop says little that is new.
  if (seen.size < 10 && !seen.has(name)) {
    seen.add(name)
    report('error', { name, props: { source: source && impersonal(source), line } })
  }
}

export const watchErrors = (): void => {
  // Images and scripts that do not load fire an `error` as well, without a message.
  listen('error', ({ message, filename, lineno }: ErrorEvent) => {
    if (message) reportError(message, filename, lineno)
  })
  listen('unhandledrejection', ({ reason }: PromiseRejectionEvent) => reportError(reason))
}
