/** What the overlay reads of the dashboard's answer (dashboard/clickmap-answers.ts). */
export type Screen = {
  screen: string
  below: number | null
  clicks: number
  squares: readonly (readonly [column: number, row: number, clicks: number])[]
}

export type MapAnswer = {
  page: string
  from: string
  to: string
  clicks: number
  elements: readonly { selector: string; text: string; clicks: number }[]
  rage: readonly { selector: string; events: number }[]
  dead: readonly { selector: string; events: number }[]
  grid: { columns: number; rowPixels: number; screens: readonly Screen[] }
  scroll: { total: number; depths: readonly { percent: number; reached: number }[] }
}
