/** How far a consumer is behind in a shard, as it is told (judged-lag.ts). Times are ISO 8601. */

/** `silent`: it should have reported and has not. `behind`: by more than it gathers on purpose, and some. */
export const lagStates = ['fine', 'behind', 'silent'] as const
export type LagState = (typeof lagStates)[number]
export type ConsumerLag = {
  consumer: string
  shard: string
  state: LagState
  /** Age of the oldest record that is not handled; it grows while the consumer is silent. */
  behindSeconds: number
  /** Null where nobody knows. */
  behindRecords: number | null
  windowSeconds: number
  /** Of the last record handled: sequence number, arrival, and when it was handled. */
  position: string | null
  arrivedAt: string | null
  handledAt: string | null
  /** Since the consumer started. */
  handledRecords: number
  reportedAt: string
  /** 0 while it reports as it should. */
  silentSeconds: number
}
