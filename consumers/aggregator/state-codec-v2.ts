/** Snapshots as they were written before keys had two parts: `site name`, and plain ones of producers. */
import type { AgingMapJson } from './aging-map.ts'
import type { StateDocument, ValuesJson } from './state-codec.ts'

type FlatMap = { turnedAt: number; young: [key: string, value: unknown][]; old: [key: string, value: unknown][] }
export type StateDocumentV2 = { v: 2; producers: FlatMap; loads: FlatMap; visits: FlatMap; lists: ValuesJson[] }

export function withGroups({ producers, loads, visits, lists }: StateDocumentV2): StateDocument {
  return { v: 3, producers: grouped(producers), loads: grouped(loads), visits: grouped(visits), lists }
}

function grouped({ turnedAt, young, old }: FlatMap): AgingMapJson {
  const groups = new Map<string, AgingMapJson['groups'][number]>()
  for (const [half, entries] of [young, old].entries())
    for (const [key, value] of entries) {
      const blank = key.indexOf(' ')
      const group = key.slice(0, Math.max(blank, 0))
      const found = groups.get(group) ?? [group, [], []]
      groups.set(group, found)
      found[half === 0 ? 1 : 2].push([key.slice(blank + 1), value])
    }
  return { turnedAt, groups: [...groups.values()] }
}
