/** Passwords, as scrypt keeps them (RFC 7914). */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** Enough for any sentence. Its bytes are hashed first, so length costs nothing; the bound is for the body. */
export const maxPasswordLength = 256

/**
 * Of the equally strong choices of the OWASP Password Storage Cheat Sheet the one of 32 MiB (N = 2^15, r = 8, p = 3):
 * the strongest in memory, 128 MiB, would be a quarter of the container that the dashboard runs in (cdk/config.ts).
 */
const cost = { log2N: 15, r: 8, p: 3 }
const saltBytes = 16
const keyBytes = 32

/** Each takes 32 MiB and half a second of a core: two leave room for the figures. */
const maxAtOnce = 2
/** Whoever waits behind so many waits for some ten seconds. More are told to come again. */
const maxWaiting = 20

export type PasswordCheck = 'right' | 'wrong' | 'busy'

export type Passwords = {
  /** @returns what to store; undefined when too many are being hashed */
  hash(password: string): Promise<string | undefined>
  /** @param stored undefined: there is no such member, which must take as long to find out as a wrong password */
  check(password: string, stored: string | undefined): Promise<PasswordCheck>
}

export function createPasswords(): Passwords {
  const waiting: (() => void)[] = []
  let running = 0

  /** @returns undefined when too many wait */
  async function derive(password: string, salt: Buffer, { log2N, r, p }: typeof cost): Promise<Buffer | undefined> {
    if (running >= maxAtOnce) {
      if (waiting.length >= maxWaiting) return undefined
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    running += 1
    try {
      const N = 2 ** log2N
      // Node refuses what needs more than 32 MiB, unless it is told that this is meant.
      return await scryptKey(password, salt, { N, r, p, maxmem: 256 * N * r })
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }

  return {
    async hash(password) {
      const salt = randomBytes(saltBytes)
      const key = await derive(password, salt, cost)
      if (!key) return undefined
      const parameters = `ln=${cost.log2N},r=${cost.r},p=${cost.p}`
      return `$scrypt$${parameters}$${salt.toString('base64url')}$${key.toString('base64url')}`
    },
    async check(password, stored) {
      const known = stored === undefined ? undefined : parse(stored)
      const key = await derive(password, known?.salt ?? Buffer.alloc(saltBytes), known?.cost ?? cost)
      if (!key) return 'busy'
      return known && timingSafeEqual(key, known.key) ? 'right' : 'wrong'
    },
  }
}

/** The cost stands in what is stored: a later one is for new passwords, and old ones can still be checked. */
function parse(stored: string): { cost: typeof cost; salt: Buffer; key: Buffer } {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]{43})$/.exec(stored)
  if (!match) throw new Error('a stored password is not of a form that is known')
  const [log2N, r, p] = match.slice(1, 4).map(Number) as [number, number, number]
  const [salt, key] = match.slice(4).map((text) => Buffer.from(text, 'base64url')) as [Buffer, Buffer]
  return { cost: { log2N, r, p }, salt, key }
}

function scryptKey(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  // NFKC: the same password whichever keyboard wrote its umlauts (NIST SP 800-63B, 5.1.1.2).
  const normal = password.normalize('NFKC')
  return new Promise((resolve, reject) => {
    scrypt(normal, salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
