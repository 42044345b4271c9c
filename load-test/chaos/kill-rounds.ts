/**
 * The rounds: let it work for a random moment, end it, see what became of the requests under way, start it again.
 *
 * What SIGTERM owes an answer to: every request whose last byte was written while the endpoint still listened, over a
 * connection that it had certainly accepted, that is one over which it had answered before or that had been there for
 * a while. Such a request that gets no complete answer is `unanswered`.
 *
 * Whatever else was written and not answered is `cutOff`: it was written after the listener had closed, to a
 * connection that was being closed at that moment (HTTP/1.1 has no way to prevent it: RFC 9112, section 9.6), or the
 * connection was still in the listener's queue, which the kernel resets. Clients send those again, and so does ours.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../random.ts'
import { watchListener } from './listener-watch.ts'
import type { Load } from './load.ts'
import type { HandedOver } from './sender.ts'
import type { Exit } from './service-process.ts'
import type { Victim } from './victim.ts'

export type Rounds = {
  kills: number
  /** How it ended, and how often: `SIGKILL`, `0`, `1`, `late` (had to be killed after all). */
  exitCodes: Record<string, number>
  /** Ends that nobody asked for. */
  crashes: { exit: Exit; output: string }[]
  /** Requests under way at the moment of the signal, over all rounds. */
  underWay: number
  unanswered: number
  cutOff: number
}

export type RoundsOptions = {
  victim: Victim
  load: Load
  kills: number
  signal: 'SIGKILL' | 'SIGTERM'
  random: Random
  onKill: (rounds: Rounds) => void
  abort: AbortSignal
}

/** From ready to the signal. Batches close after 50 ms: many ends fall between a batch's first event and its write. */
const upMs = { least: 50, most: 600 }
/** A connection that has been there for so long has been accepted, however busy the endpoint was. */
const acceptedWithinMs = 50
/** More than this is no accident, and every further round would only repeat it. */
const maxCrashes = 5

export async function runRounds(options: RoundsOptions): Promise<Rounds> {
  const { victim, load, kills, signal, random, onKill, abort } = options
  const rounds: Rounds = { kills: 0, exitCodes: {}, crashes: [], underWay: 0, unanswered: 0, cutOff: 0 }
  let broken: HandedOver[] = []
  load.onUnanswered = (request) => broken.push(request)

  while (rounds.kills < kills) {
    await sleep(upMs.least + random() * (upMs.most - upMs.least), undefined, { signal: abort })
    const crash = victim.crash()
    if (crash) {
      rounds.crashes.push(crash)
      if (rounds.crashes.length > maxCrashes) throw new Error(`It keeps ending by itself:\n${crash.output}`)
    } else {
      rounds.underWay += load.inFlight
      const watch = signal === 'SIGTERM' ? watchListener(victim.ingestUrl) : undefined
      const exit = await victim.kill(signal)
      await watch?.stop()
      const how = exit ? (exit.signal ?? String(exit.code)) : 'late'
      rounds.exitCodes[how] = (rounds.exitCodes[how] ?? 0) + 1
      rounds.kills += 1
      const owed = broken.filter((request) => watch && isOwed(request, watch.openAt)).length
      rounds.unanswered += owed
      rounds.cutOff += broken.length - owed
    }
    broken = []
    abort.throwIfAborted()
    await victim.restart()
    onKill(rounds)
  }
  return rounds
}

function isOwed({ at, connectedAt }: HandedOver, openAt: number): boolean {
  return at < openAt && (connectedAt === undefined || connectedAt + acceptedWithinMs < openAt)
}
