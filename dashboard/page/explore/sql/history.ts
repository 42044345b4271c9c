/** The last questions, in this browser alone. */
const most = 20
const keyOf = (site: string) => `retrace-sql-${site}`

export function readHistory(site: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(site)) ?? '[]')
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : []
  } catch {
    return []
  }
}

export function addToHistory(site: string, sql: string): string[] {
  return write(site, [sql, ...readHistory(site).filter((each) => each !== sql)].slice(0, most))
}

export function clearHistory(site: string): string[] {
  return write(site, [])
}

function write(site: string, history: string[]): string[] {
  try {
    localStorage.setItem(keyOf(site), JSON.stringify(history))
  } catch {
    // It is full, or not to be had: the questions are kept as long as the page is.
  }
  return history
}
