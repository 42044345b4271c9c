/** An object of the archive that was altered is noticed, wherever and however. */
import { describe, expect, it } from 'vitest'
import { alterationOf, bytesOf } from '../consumers/archiver/object-bytes.ts'
import { toParquet } from '../consumers/archiver/parquet.ts'
import { toRows } from '../consumers/archiver/rows.ts'
import { decodeTraffic, drawTraffic } from '../local/bench-replay/measure.ts'
import { seededRandom } from './support/stream.ts'

async function anObject(): Promise<Uint8Array> {
  const [[shardId, records] = ['', []]] = await decodeTraffic(drawTraffic(400, 3))
  return toParquet(toRows(shardId, records))
}

describe('the bytes of an object', () => {
  it('are those that were written', async () => {
    const body = await anObject()
    expect(alterationOf(body, bytesOf(body))).toBeUndefined()
  })

  it('are others when any single byte was altered', async () => {
    const body = await anObject()
    const written = bytesOf(body)
    const random = seededRandom(9)
    const unseen: number[] = []
    for (let place = 0; place < body.length; place++) {
      const was = body[place] as number
      body[place] = was ^ (1 + Math.floor(random() * 255))
      if (!alterationOf(body, written)) unseen.push(place)
      body[place] = was
    }
    expect(unseen).toEqual([])
  })

  it('are others when some were cut off, or added', async () => {
    const body = await anObject()
    const { bytes } = bytesOf(body)
    // Older entries say how many there are, and no more.
    expect(alterationOf(body.subarray(0, -1), { bytes })).toContain(`${bytes} were written`)
    expect(alterationOf(Buffer.concat([body, Buffer.of(0)]), { bytes })).toContain(`${bytes} were written`)
  })
})
