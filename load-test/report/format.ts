/** Figures as people read them, and text as HTML wants it. */

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** 12.3 ms, 450 ms, 2.5 s */
export function duration(ms: number): string {
  if (ms >= 10_000) return `${trim(ms / 1000, 0)} s`
  if (ms >= 1000) return `${trim(ms / 1000, 1)} s`
  return `${trim(ms, ms < 1 ? 2 : ms < 100 ? 1 : 0)} ms`
}

/** Time in a run: 45 s, 3:20, 2:05:00 */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 120) return `${trim(seconds, 1)} s`
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
