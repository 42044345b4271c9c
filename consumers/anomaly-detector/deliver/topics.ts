/** Incidents to SNS topics of the deployment (RETRACE_ALERT_TOPICS): as JSON, with what filters and copies are told by beside it. */
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns'
import { patientHandler } from '../../runtime/clients.ts'
import { alertWords } from '../shapes/alert-words.ts'
import type { Channel } from '../shapes/channel.ts'
import type { Delivery } from '../shapes/delivery.ts'
import type { SendResult } from './send.ts'
import type { Message } from './webhook-message.ts'

export type Topics = {
  /** @param body what a webhook would be sent */
  publish(delivery: Delivery, channel: Channel, message: Message, timeZone: string): Promise<SendResult>
}

/** @param allowed the ARNs that the deployment names: others, of an earlier one, are refused */
export function createTopics(allowed: readonly string[]): Topics {
  const clients = new Map<string, SNSClient>()

  /** Topics of other regions are asked there. */
  function clientFor(topic: string): SNSClient {
    const region = topic.split(':')[3] ?? ''
    const known = clients.get(region)
    if (known) return known
    const client = new SNSClient({ region, maxAttempts: 2, requestHandler: patientHandler(4000) })
    clients.set(region, client)
    return client
  }

  return {
    async publish(delivery, { target }, message, timeZone) {
      if (!allowed.includes(target)) return { sent: false, error: 'not_set_up' }
      try {
        const { $metadata } = await clientFor(target).send(
          new PublishCommand(publicationOf(delivery, target, message, timeZone)),
        )
        return { sent: true, status: $metadata.httpStatusCode ?? 200 }
      } catch (error) {
        const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } }
        const status = $metadata?.httpStatusCode
        if (status !== undefined) return { sent: false, error: 'status', status }
        return { sent: false, error: name === 'TimeoutError' ? 'timeout' : 'no_connection' }
      }
    },
  }
}

function publicationOf(
  delivery: Delivery,
  topic: string,
  { headers, body }: Message,
  timeZone: string,
): PublishCommandInput {
  const { site, event, incident } = delivery
  const id = headers['retrace-id'] ?? ''
  const { title } = alertWords(incident, timeZone)
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue })
  return {
    TopicArn: topic,
    // What subscribers by e-mail see; SNS takes printable ASCII, at most 99 characters.
    Subject: `[${site}] ${event}: ${title}`.replace(/[^\x20-\x7e]+/g, '?').slice(0, 99),
    Message: body,
    MessageAttributes: {
      'retrace-id': attribute(id),
      event: attribute(event),
      site: attribute(site),
      severity: attribute(incident.severity),
      metric: attribute(incident.series.metric),
    },
    // Such a topic drops copies of five minutes by itself, and keeps a site's in order.
    ...(topic.endsWith('.fifo') && { MessageDeduplicationId: id, MessageGroupId: site }),
  }
}
