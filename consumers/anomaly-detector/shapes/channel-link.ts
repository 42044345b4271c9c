/**
 * Links in mails, for who has no password here: to say yes to an address, and to be told nothing more. Whoever has the mail
 * may; what is signed is which channel and what for, with the channel's secret, which ends with it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Channel } from './channel.ts'

export type LinkPurpose = 'confirm' | 'leave'

export function channelLink(channel: Channel, purpose: LinkPurpose): string {
  return `${channel.dashboard}/alerts/${purpose}/${channelToken(channel, purpose)}`
}

function channelToken(channel: Channel, purpose: LinkPurpose): string {
  const { site, id } = channel
  return `${site}~${id}~${signature(channel, purpose)}`
}

/** @returns which channel it says it is of; undefined: it is no such text */
export function parseChannelToken(token: string): { site: string; id: string } | undefined {
  const [, site, id] = /^([a-z0-9.-]{1,64})~([\w-]{1,32})~[\w-]{43}$/.exec(token) ?? []
  return site === undefined || id === undefined ? undefined : { site, id }
}

export function isTokenOf(token: string, channel: Channel, purpose: LinkPurpose): boolean {
  const given = Buffer.from(token)
  const expected = Buffer.from(channelToken(channel, purpose))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function signature({ site, id, secret }: Channel, purpose: LinkPurpose): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify([purpose, site, id]))
    .digest('base64url')
}
