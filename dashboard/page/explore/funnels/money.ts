import { formatExact } from '../../format.ts'
import { locale } from '../../language.ts'

/** @param currency ISO 4217 */
export function formatMoney(value: number, currency: string | null): string {
  if (currency === null) return formatExact(value)
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(value)
}
