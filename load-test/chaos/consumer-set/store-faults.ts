/** What goes wrong between the consumers and their stores: every kind of fault, at rates that let work go on between. */
import { createFaultProxy, type FaultProxy } from '../../faults/proxy.ts'
import type { FaultRule } from '../../faults/rules.ts'
import type { RuleCount } from '../../faults/schedule.ts'

export type StoreFaults = {
  /** The environment in which a consumer meets them. */
  env: NodeJS.ProcessEnv
  /** From now on everything works. */
  end(): void
  /** What was done until then, by store. */
  counts(): Record<string, RuleCount[]>
  close(): Promise<void>
}

const variables = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  s3: 'AWS_ENDPOINT_URL_S3',
  kinesis: 'AWS_ENDPOINT_URL_KINESIS',
} as const
type Store = keyof typeof variables

const nowAndThen = (probability: number): Pick<FaultRule, 'when'> => ({ when: { probability } })

/**
 * Single faults are mostly mended by the SDK, which tries up to six times; outages of seconds outlast it, and the
 * consumer itself has to begin again. Delays come first, since whatever decides ends the list.
 */
const rules: Record<Store, readonly FaultRule[]> = {
  dynamodb: [
    { kind: 'delay', ms: 200, ...nowAndThen(0.03) },
    { kind: 'throttle', when: { every: [17, 3] } },
    { kind: 'throttle', ...nowAndThen(0.05) },
    { kind: 'error500', ...nowAndThen(0.02) },
    { kind: 'refuse', ...nowAndThen(0.02) },
    { kind: 'lostAnswer', ...nowAndThen(0.03) },
  ],
  s3: [
    { kind: 'delay', ms: 200, ...nowAndThen(0.1) },
    { kind: 'throttle', when: { every: [23, 4] } },
    { kind: 'throttle', ...nowAndThen(0.1) },
    { kind: 'error500', ...nowAndThen(0.05) },
    { kind: 'refuse', ...nowAndThen(0.05) },
    { kind: 'lostAnswer', ...nowAndThen(0.1) },
  ],
  kinesis: [
    { kind: 'throttle', operation: 'GetRecords', ...nowAndThen(0.05) },
    { kind: 'error500', ...nowAndThen(0.02) },
    { kind: 'refuse', ...nowAndThen(0.02) },
    { kind: 'lostAnswer', ...nowAndThen(0.02) },
  ],
}

/**
 * @param env in which the stores themselves are found
 * @param further rules for Kinesis, before those from here
 */
export async function startStoreFaults(
  env: NodeJS.ProcessEnv,
  seed: number,
  further: readonly FaultRule[],
): Promise<StoreFaults> {
  const proxies = new Map<Store, FaultProxy>()
  const close = async () => {
    await Promise.all([...proxies.values()].map((proxy) => proxy.close()))
  }
  const own: NodeJS.ProcessEnv = {}
  for (const [i, store] of (Object.keys(variables) as Store[]).entries()) {
    const variable = variables[store]
    const proxy = await createFaultProxy({
      target: env[variable] ?? '',
      seed: seed + 100 * i,
      rules: store === 'kinesis' ? [...further, ...rules.kinesis] : rules[store],
      now: () => performance.now(),
    })
    proxies.set(store, proxy)
    own[variable] = proxy.url
  }
  const counts = () => Object.fromEntries([...proxies].map(([store, proxy]) => [store, proxy.stats().rules]))
  let final: Record<string, RuleCount[]> | undefined
  return {
    env: { ...env, ...own },
    end() {
      final = counts()
      for (const proxy of proxies.values()) proxy.setRules([])
    },
    counts: () => final ?? counts(),
    close,
  }
}
