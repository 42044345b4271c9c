import { createAggregator } from '../../consumers/aggregator/aggregator.ts'
import type { CellStore } from '../../consumers/aggregator/cell-store.ts'
import type { Cuts } from '../../consumers/aggregator/cuts.ts'
import { type Cell, decodeCell, emptyCell, encodeCell } from '../../consumers/aggregator/shapes/cell.ts'
import { type CellKey, cellText, seriesOf } from '../../consumers/aggregator/shapes/cell-key.ts'
import type { Checkpoints } from '../../consumers/runtime/checkpoints.ts'
import type { Consumer } from '../../consumers/runtime/consumer.ts'
import { type LedgerCounts, type LedgerKey, ledgerEntryText, noCounts } from '../../consumers/runtime/shapes/ledger.ts'
import { MemoryStores, MemoryTable, type StoresDump, type TableDump, type Weather } from './memory.ts'

export type AggregatorDump = { stores: StoresDump; cells: TableDump; ledger: TableDump }

/** The aggregator's stores; consumers made over them share them, as processes do. */
export class AggregatorWorld {
  readonly #stores = new MemoryStores()
  cuts: Cuts = { revision: 0, cuts: [] }
  readonly cells = new MemoryTable<CellKey, Cell>(
    (key) => `${seriesOf(key.site, key.granularity)} ${cellText(key)}`,
    (cell) => encodeCell(cell).toString('base64'),
    (stored) => (stored === undefined ? emptyCell() : decodeCell(Buffer.from(stored, 'base64'))),
  )
  readonly ledger = new MemoryTable<LedgerKey, LedgerCounts>(
    (key) => `${key.consumer} ${ledgerEntryText(key)}`,
    (counts) => JSON.stringify(counts),
    (stored) => (stored === undefined ? noCounts() : JSON.parse(stored)),
  )

  cellStore(weather: Weather): CellStore {
    return { ...this.cells.store(weather), reviseDays: () => weather(() => {}) }
  }

  checkpoints(weather: Weather): Checkpoints {
    return this.#stores.checkpoints(weather)
  }

  /** @param now the clock of the process that it runs in */
  consumer(weather: Weather, now: () => number = () => 0): Consumer {
    return createAggregator({
      checkpoints: this.checkpoints(weather),
      objects: this.#stores.objects(weather),
      cells: this.cellStore(weather),
      cuts: { load: () => weather(() => this.cuts) },
      ledger: this.ledger.store(weather),
      breakdownDelayMs: 500,
      quarantine: () => Promise.reject(new Error('all of it can be decoded')),
      now,
    })
  }

  toDump(): AggregatorDump {
    return { stores: this.#stores.toDump(), cells: this.cells.toDump(), ledger: this.ledger.toDump() }
  }

  restore({ stores, cells, ledger }: AggregatorDump): void {
    this.#stores.restore(stores)
    this.cells.restore(cells)
    this.ledger.restore(ledger)
  }

  hourlyEvents(): number {
    const hours = this.cells.values().filter(([name]) => name.includes('#hour '))
    return hours.reduce((sum, [, cell]) => sum + cell.totals.events, 0)
  }
}
