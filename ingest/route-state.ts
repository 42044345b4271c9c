/**
 * Where a lane's batches go, a circuit breaker with two stores behind it:
 *
 *     kinesis  ──refused past patience──▶ overflow ──S3 refuses too──▶ down
 *        ▲  ▲                              │   ▲                        │ │
 *        │  └──────────probe stored────────┘   └────probe stored in S3──┘ │
 *        └─────────────────────probe stored───────────────────────────────┘
 *
 * kinesis: into the stream. overflow: to S3, from where the redriver puts them into the stream. down: refused at
 * once. A probe is a batch whose fate is settled already, sent again under its own number: consumers drop the copy, and
 * no request waits for it. (The drawing is held to the table below by a test.)
 */
export type RouteState = 'kinesis' | 'overflow' | 'down'
export type RouteEvent = 'kinesis_refused' | 'overflow_refused' | 'probe_stored' | 'probe_overflowed'

export const routeTransitions: Record<RouteState, Partial<Record<RouteEvent, RouteState>>> = {
  kinesis: { kinesis_refused: 'overflow' },
  overflow: { overflow_refused: 'down', probe_stored: 'kinesis' },
  down: { probe_stored: 'kinesis', probe_overflowed: 'overflow' },
}

/** The state after an event; an event that means nothing in a state leaves it. */
export function nextRoute(state: RouteState, event: RouteEvent): RouteState {
  return routeTransitions[state][event] ?? state
}
