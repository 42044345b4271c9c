/**
 * The contracts between consumers and their stores (VersionedStore, Checkpoints, Objects), held in memory, so that a
 * property can be tried hundreds of times. They are interfaces of ours: what AWS makes of them is for the tests over
 * the embedded servers. Every operation takes a random moment and may fail, before or after it took effect.
 */
import type { Checkpoint, Checkpoints } from '../../consumers/runtime/checkpoints.ts'
import type { StreamRecord } from '../../consumers/runtime/consumer.ts'
import type { VersionedStore } from '../../consumers/runtime/exactly-once.ts'
import type { Objects } from '../../consumers/runtime/objects.ts'
import type { ShardReader } from '../../consumers/runtime/shard-reader.ts'
import { isAfter } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'

/** How one operation goes: rejects in place of the effect, or after it. */
export type Weather = <T>(effect: () => T) => Promise<T>

/** Whatever was asked for is done, in order. */
export const calm: Weather = async (effect) => effect()

/**
 * @param chance of a failure, before and after the effect each
 * @param random seeded: the same operations in the same order meet the same fate
 */
export function stormy(chance: number, random: () => number): Weather {
  const moment = async () => {
    // Turns of the microtask queue, in which the operations of others come before or after this one.
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await undefined
    if (random() < chance) throw new Error('the store failed')
  }
  return async (effect) => {
    await moment()
    const result = effect()
    await moment()
    return result
  }
}

/** What is stored, as a file can keep it: objects in base64. */
export type StoresDump = { checkpoints: [name: string, Checkpoint][]; objects: [key: string, body: string][] }
export type TableDump = [name: string, item: { stored: string; sequence: string }][]

export class MemoryStores {
  readonly #checkpoints = new Map<string, Checkpoint>()
  readonly #objects = new Map<string, Uint8Array>()

  checkpoints(weather: Weather): Checkpoints {
    return {
      find: (consumer, shardId) => weather(() => this.#checkpoints.get(`${consumer} ${shardId}`)),
      unsaved: (consumer) =>
        weather(() =>
          [...this.#checkpoints].flatMap(([name, { handled }]) => {
            const [of, shardId = ''] = name.split(' ')
            return of === consumer && handled ? [{ shardId, handledAt: handled.at }] : []
          }),
        ),
      replace: (consumer, shardId, checkpoint) =>
        weather(() => {
          const stored = this.#checkpoints.get(`${consumer} ${shardId}`)
          if ((stored?.revision ?? 0) !== checkpoint.revision - 1) return false
          this.#checkpoints.set(`${consumer} ${shardId}`, checkpoint)
          return true
        }),
    }
  }

  objects(weather: Weather): Objects {
    return {
      put: (key, body) => weather(() => void this.#objects.set(key, body)),
      get: (key) =>
        weather(() => {
          const body = this.#objects.get(key)
          if (!body) throw new Error(`there is no object ${key}`)
          return body
        }),
      delete: (key) => weather(() => void this.#objects.delete(key)),
      list: (prefix) => weather(() => [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort()),
    }
  }

  toDump(): StoresDump {
    const objects = [...this.#objects].map(([key, body]): [string, string] => [
      key,
      Buffer.from(body).toString('base64'),
    ])
    return { checkpoints: [...this.#checkpoints], objects }
  }

  restore({ checkpoints, objects }: StoresDump): void {
    for (const [name, checkpoint] of checkpoints) this.#checkpoints.set(name, checkpoint)
    for (const [key, body] of objects) this.#objects.set(key, Buffer.from(body, 'base64'))
  }
}

/** Keeps values as they are stored, so that nobody holds on to what another changes. */
export class MemoryTable<Key, Value> {
  readonly #items = new Map<string, { stored: string; sequence: string }>()
  readonly #nameOf: (key: Key) => string
  readonly #encode: (value: Value) => string
  readonly #decode: (stored: string | undefined) => Value

  constructor(
    nameOf: (key: Key) => string,
    encode: (value: Value) => string,
    decode: (stored: string | undefined) => Value,
  ) {
    this.#nameOf = nameOf
    this.#encode = encode
    this.#decode = decode
  }

  store(weather: Weather): VersionedStore<Key, Value> {
    return {
      load: (key) =>
        weather(() => {
          const item = this.#items.get(this.#nameOf(key))
          return { value: this.#decode(item?.stored), sequence: item?.sequence }
        }),
      replace: (key, seen, sequence) => {
        const stored = this.#encode(seen.value)
        return weather(() => {
          const name = this.#nameOf(key)
          if (this.#items.get(name)?.sequence !== seen.sequence) return false
          this.#items.set(name, { stored, sequence })
          return true
        })
      },
    }
  }

  values(): [name: string, value: Value][] {
    return [...this.#items].map(([name, { stored }]) => [name, this.#decode(stored)])
  }

  toDump(): TableDump {
    return [...this.#items]
  }

  restore(items: TableDump): void {
    for (const [name, item] of items) this.#items.set(name, item)
  }

  /** Everything in it, as text that compares. */
  dump(): string[] {
    return [...this.#items].map(([name, { stored, sequence }]) => `${name} ${sequence} ${stored}`).sort()
  }
}

/** A stream with all that it will ever hold, a few records at a time however many are asked for. */
export function memoryReader(
  shards: readonly (Shard & { records: readonly StreamRecord[] })[],
  weather: Weather,
  mostRecords = 1000,
): ShardReader {
  return {
    listShards: () => weather(() => [...shards]),
    open(shardId, after) {
      const records = shards.find((shard) => shard.shardId === shardId)?.records ?? []
      let position = after
      return {
        read: (limit) =>
          weather(() => {
            const rest = records.filter(({ sequenceNumber }) => isAfter(sequenceNumber, position))
            const answer = rest.slice(0, Math.min(limit, mostRecords))
            position = answer.at(-1)?.sequenceNumber ?? position
            return { records: answer, ended: false, millisBehind: rest.length - answer.length }
          }),
      }
    },
  }
}
