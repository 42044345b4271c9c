/** Comma-separated values (RFC 4180). */
type Field = string | number | null

/**
 * Values come from whoever visits. A spreadsheet takes what begins like this for a formula: an apostrophe tells it that
 * it is text (OWASP, "CSV Injection").
 */
const formula = /^[=+\-@\t\r]/

export function toCsv(rows: readonly (readonly Field[])[]): string {
  return rows.map((row) => `${row.map(toField).join(',')}\r\n`).join('')
}

function toField(field: Field): string {
  if (typeof field !== 'string') return field === null ? '' : String(field)
  const text = formula.test(field) ? `'${field}` : field
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
