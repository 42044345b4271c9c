/** Who asks for the same at once shares a read, which begins after they asked. */
import { describe, expect, it } from 'vitest'
import { createSharedReads } from '../dashboard/store/shared-reads.ts'

/** Until all that follows by itself has happened, such as that the next read begins. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A place whose value changes, and reads of it that end when they are told to. */
class Place {
  value = 0
  begun = 0
  readonly #ends: (() => void)[] = []
  readonly shared = createSharedReads<number>()

  ask(name = 'a'): Promise<number> {
    return this.shared(name, async () => {
      this.begun += 1
      const found = this.value
      await new Promise<void>((resolve) => this.#ends.push(resolve))
      if (found < 0) throw new Error('cannot be read')
      return found
    })
  }

  async end(): Promise<void> {
    this.#ends.shift()?.()
    await settle()
  }
}

describe('shared reads', () => {
  it('are one for all who come while another is under way, and later than their question', async () => {
    const place = new Place()
    const first = [place.ask(), place.ask()]
    await settle()
    expect(place.begun).toBe(1)
    place.value = 1
    const others = [place.ask(), place.ask()]
    place.value = 2
    await place.end()
    expect([...(await Promise.all(first)), place.begun]).toEqual([0, 0, 2])
    await place.end()
    expect(await Promise.all(others)).toEqual([2, 2])
    expect(place.begun).toBe(2)
    const later = place.ask()
    await settle()
    expect(place.begun).toBe(3)
    await place.end()
    expect(await later).toBe(2)
  })

  it('are apart by name', async () => {
    const place = new Place()
    const asked = [place.ask('a'), place.ask('b')]
    await settle()
    expect(place.begun).toBe(2)
    await place.end()
    await place.end()
    expect(await Promise.all(asked)).toEqual([0, 0])
  })

  it('that fail are told to those who asked for them, and to nobody after', async () => {
    const place = new Place()
    place.value = -1
    const failing = place.ask()
    await settle()
    const waiting = place.ask()
    const failed = expect(failing).rejects.toThrow('cannot be read')
    await place.end()
    await failed
    place.value = 7
    const failedToo = expect(waiting).rejects.toThrow('cannot be read')
    await place.end()
    await failedToo
    const after = place.ask()
    await settle()
    await place.end()
    expect(await after).toBe(7)
  })
})
