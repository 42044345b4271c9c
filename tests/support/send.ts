/** How deliverers of tests send: to receivers on this machine. */

import { createSend, type Send } from '../../consumers/anomaly-detector/deliver/send.ts'
import { createTopics } from '../../consumers/anomaly-detector/deliver/topics.ts'
import { post } from '../../consumers/anomaly-detector/shapes/post.ts'
import type { Mailer } from '../../consumers/mail/shapes/mailer.ts'

export function sendHere(now: () => number, mailer?: Mailer, topics: readonly string[] = []): Send {
  return createSend({
    post: (url, headers, body) => post(url, headers, body, { allowLoopback: true, timeoutMs: 2000 }),
    mailer,
    topics: createTopics(topics),
    now,
  })
}
