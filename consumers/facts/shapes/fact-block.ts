/**
 * Facts of one day of arrival in columns of numbers, from which figures are added up without SQL (docs/decisions/0028-facts.md).
 */
import { counts } from '../../aggregator/shapes/cell.ts'

/** What a fact adds but for milliseconds. A fact comes in one of a few dozen combinations of these: its kind. */
export const kindCounts = counts.filter((count) => count !== 'visitMs' && count !== 'engagedMs')

/**
 * What facts count under: the hour, which `number` is that many after `firstHour`; the list of the event's values; the visit's.
 *
 * Facts of one number and one kind are a group. There are far fewer of these than facts, so what is asked about numbers and
 * kinds is asked about groups, and facts are only counted by their group.
 */
export type FactGroups = {
  /** By fact: its group. */
  groups: Int32Array
  /** By group. */
  numbers: Int32Array
  kinds: Int32Array
  /** Numbers are from 0 up to, and without, this. */
  count: number
}
export type GroupedBy = (typeof groupedBy)[number]
export const groupedBy = ['hours', 'lists', 'visits'] as const

/** A fact is the same place in each column. Facts are in the order of visitors, then hours, then lists. */
export type FactBlock = {
  rows: number
  /** Since the epoch: that of the number 0. */
  firstHour: number
  parts: Readonly<Record<GroupedBy, FactGroups>>
  /** By fact, number of the visitor in `hashes`; -1: nothing is said of who was there. */
  who: Int32Array
  hashes: Int32Array
  visitMs: Int32Array
  engagedMs: Int32Array
  /** By kind: `kindCounts`, and late events. */
  kindTable: Int32Array
}
export const kindWidth = kindCounts.length + 1

/**
 * Values of a dimension on that day, each once.
 *
 *     codes[number]                               place of the value; -1: it has none
 *     codes[starts[number] … starts[number + 1]]  where there may be several
 */
export type Dictionary = { values: readonly string[]; codes: Int32Array; starts: Int32Array | undefined }
