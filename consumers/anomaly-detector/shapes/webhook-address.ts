/**
 * Where webhooks may lead: to public addresses alone, or owners of a site could have us post to what only we can reach
 * (server-side request forgery). A name is looked at by what it resolves to, when it is connected to (post.ts).
 */
import { BlockList, isIP } from 'node:net'

/** IANA's special-purpose registries: private, shared, link-local (169.254.169.254 answers with credentials), reserved, multicast. */
const special = new BlockList()
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Within the range of global unicast: what stands for IPv4 addresses (Teredo, 6to4), and documentation.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]) {
  const [address = '', bits] = range.split('/')
  special.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
}
/** All else of IPv6 is local, multicast, or stands for IPv4 addresses (`::ffff:127.0.0.1`, NAT64). */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** @param allowLoopback as RETRACE_WEBHOOK_LOOPBACK has it */
export function isAllowedAddress(address: string, allowLoopback: boolean): boolean {
  const version = isIP(address)
  if (version === 4) return !special.check(address) || (allowLoopback && loopback.check(address))
  if (version === 6)
    return (
      (globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6')) || (allowLoopback && address === '::1')
    )
  return false
}

export type WebhookUrl = { ok: true; url: URL } | { ok: false; message: string }

const maxUrlLength = 2000

/** What can be said of an address before anybody resolves it. */
export function checkWebhookUrl(text: string, allowLoopback: boolean): WebhookUrl {
  const bad = (message: string): WebhookUrl => ({ ok: false, message })
  if (text.length > maxUrlLength || !URL.canParse(text))
    return bad('url must be an address such as https://example.org/alerts')
  const url = new URL(text)
  const host = hostOf(url)
  const isLoopback = host === 'localhost' || loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback && allowLoopback))
    return bad('url must begin with https://')
  if (url.username !== '' || url.password !== '') return bad('url must have no user name and no password in it')
  if ((isIP(host) !== 0 && !isAllowedAddress(host, allowLoopback)) || (isLoopback && !allowLoopback))
    return bad('url must lead to a public address')
  url.hash = ''
  return { ok: true, url }
}

/** Without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}
