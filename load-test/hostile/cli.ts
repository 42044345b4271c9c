/** `npm run hostile`: sends what no well-meaning client sends, and looks whether the endpoint minds. */
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { seededRandom } from '../random.ts'
import { drawRequest } from './requests.ts'

const usage = `Usage: npm run hostile -- [--url http://127.0.0.1:8080] [--requests 100000] [--seed 1] [--json]

Fuzzed bodies, headers, encodings, sizes and slow clients, against an endpoint on this machine. The exit status is not
0 when it answers 5xx other than 503, dies, or grows by more than 64 MiB.`

/** Connections at once; slow clients hold theirs for a while. */
const parallel = 48
const answerWithinMs = 20_000
const leavesAfterMs = 200
const allowedGrowthBytes = 64 * 1024 * 1024

type Tally = { answered: Record<string, number>; silent: number; faults: { kind: string; answer: string }[] }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      requests: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const url = new URL(values.url)
  const total = Number(values.requests)
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new UsageError('this is for an endpoint on this machine alone')
  if (!Number.isInteger(total) || total < 1) throw new UsageError('--requests must be a positive integer')

  await residentBytes(url).catch(() => {
    throw new UnreachableError(`No endpoint answers at ${url.origin}. \`npm start\` brings up an endpoint here.`)
  })

  const random = seededRandom(Number(values.seed))
  const tally: Tally = { answered: {}, silent: 0, faults: [] }
  let sent = 0
  // A heap grows to what its work needs, and then no more: the second half is looked at.
  const warmUp = Math.floor(total / 2)
  let before = 0
  const measure = () =>
    residentBytes(url).catch(() => {
      throw new UnreachableError(`The endpoint does not answer any more, after ${sent} of ${total} requests.`)
    })
  const worker = async () => {
    while (sent < total) {
      if (sent++ === warmUp) before = await measure()
      if (sent % 10_000 === 0) console.error(`${sent} of ${total}`)
      await attack(url, random, tally)
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  const growthBytes = (await measure()) - before
  const result = { requests: total, ...tally, faults: tally.faults.length, growthBytes }
  for (const fault of tally.faults.slice(0, 5)) console.error(`${fault.kind}: ${fault.answer}`)
  console.log(values.json ? JSON.stringify(result) : result)
  if (tally.faults.length > 0 || growthBytes > allowedGrowthBytes) process.exitCode = 1
}

async function attack(url: URL, random: () => number, tally: Tally): Promise<void> {
  const { kind, bytes, leaves } = drawRequest(random)
  const answer = await send(url, bytes, leaves ? leavesAfterMs : answerWithinMs)
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]
  if (status === undefined) tally.silent++
  else tally.answered[status] = (tally.answered[status] ?? 0) + 1
  if (status?.startsWith('5') && status !== '503') tally.faults.push({ kind, answer: answer.slice(0, 300) })
}

/** The beginning of the answer; empty when there was none. */
function send(url: URL, bytes: Buffer, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port || 80), url.hostname, () => socket.write(bytes))
    let answer = ''
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.on('data', (chunk) => {
      answer += chunk
      if (answer.includes('\r\n\r\n')) socket.destroy()
    })
    // What half a request, or half an answer, breaks off with is part of the game.
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}

/** @throws when nothing answers there, or something else than an endpoint */
async function residentBytes(url: URL): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text()
  const [, bytes] = /^process_resident_memory_bytes (\d+)$/m.exec(text) ?? []
  if (bytes === undefined) throw new Error('no metrics of an endpoint')
  return Number(bytes)
}

class UsageError extends Error {}
class UnreachableError extends Error {}

main().catch((error: unknown) => {
  const { message, code } = error as Error & { code?: string }
  const misused = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS')
  const told = misused ? `${message}\n\n${usage}` : error instanceof UnreachableError ? message : error
  console.error(told)
  process.exit(misused ? 2 : 1)
})
