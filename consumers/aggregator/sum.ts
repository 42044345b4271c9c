/** What is to be added to the totals of a cell: counts, and visitors of whom some may be named more than once. */
import type { Delta } from './delta.ts'
import { addCounts, clearCounts, Tally } from './shapes/cell.ts'

export class Sum extends Tally {
  /** Nobody: undefined. */
  visitors: number[] | undefined = undefined

  addVisitor(visitor: number): void {
    if (this.visitors) this.visitors.push(visitor)
    else this.visitors = [visitor]
  }

  add(from: Sum): void {
    addCounts(this, from)
    if (from.visitors) for (const visitor of from.visitors) this.addVisitor(visitor)
  }

  addToTotals({ add, visitor }: Delta, visitorIsKnown = false): void {
    addCounts(this, add)
    if (visitor !== undefined && !visitorIsKnown) this.addVisitor(visitor)
  }

  clear(): void {
    clearCounts(this)
    this.visitors = undefined
  }
}
