/** Who guesses is slowed down, however many addresses of one network they guess from. */
import { describe, expect, it } from 'vitest'
import { createThrottle, networkOf } from '../dashboard/session/throttle.ts'

describe('the network of an address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    // The same IPv4 address, as three kinds of sockets and proxies write it.
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('a throttle', () => {
  it('lets ten wrong guesses of a minute through, from wherever in a network', () => {
    let time = 1_000_000
    const throttle = createThrottle(() => time)
    const guesser = (host: number, subnet = 1) => `sign-in ${networkOf(`2001:db8:0:${subnet}::${host.toString(16)}`)}`
    for (let host = 1; host <= 10; host += 1) {
      expect(throttle.allows(guesser(host))).toBe(true)
      throttle.failed(guesser(host))
    }
    expect(throttle.allows(guesser(11))).toBe(false)
    expect(throttle.allows(guesser(11, 2))).toBe(true)
    time += 60_001
    expect(throttle.allows(guesser(11))).toBe(true)
  })

  it('forgives what was right, and counts all networks together', () => {
    const throttle = createThrottle(() => 1_000_000)
    for (let guess = 0; guess < 10; guess += 1) throttle.failed('a')
    throttle.forgive('a')
    expect(throttle.allows('a')).toBe(true)
    for (let network = 0; network < 291; network += 1) throttle.failed(`network ${network}`)
    expect(throttle.allows('somebody else')).toBe(false)
  })
})
