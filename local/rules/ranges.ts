/** Ranges of addresses as an owner gives them, as the networks whose hashes a rule may name. Pure. */
import { networkBits, networkOf, parseAddress, partBits } from '../../ingest/network.ts'

export type Networks = { ok: true; networks: string[] } | { ok: false; message: string }

/** 16 networks: with each more, a rule leaves out more of those who are not meant. */
const mostExtraBits = 4

/** @param range such as `203.0.113.0/24`; `2001:db8:1::/48`; down to 4 bits wider, several networks */
export function networksOf(range: string): Networks {
  const [text = '', length, ...more] = range.split('/')
  const address = parseAddress(text)
  if (!address || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length)))
    return wrong(`"${range}" is no range of addresses such as 203.0.113.0/24 or 2001:db8:1::/48`)
  const { version, parts } = address
  const [kept, network] = [networkBits[version], networkOf(address)]
  if (length === undefined)
    return wrong(`${range} is one address. What is kept is its network, with everybody in it: ask for ${network}`)
  const bits = Number(length)
  if (bits > parts.length * partBits[version]) return wrong(`${range}: an address has fewer bits than ${bits}`)
  if (bits > kept)
    return wrong(
      `${range} is narrower than what is kept, a /${kept}. A rule for it leaves out everybody there: ask for ${network}`,
    )
  if (bits < kept - mostExtraBits)
    return wrong(
      `${range} is wider than ${2 ** mostExtraBits} networks, a /${kept - mostExtraBits}: a rule for so many would leave out others too`,
    )
  const count = 2 ** (kept - bits)
  const [first = 0, second = 0, third = 0, ...rest] = parts
  const start = third - (third % count)
  const each = (i: number) => networkOf({ version, parts: [first, second, start + i] })
  if (start !== third || rest.some((part) => part !== 0))
    return wrong(`${range} does not begin where its range does: ask for ${each(0).replace(/\d+$/, String(bits))}`)
  return { ok: true, networks: Array.from({ length: count }, (_, i) => each(i)) }
}

function wrong(message: string): Networks {
  return { ok: false, message }
}
