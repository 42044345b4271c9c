import type { Consumer, ShardConsumer } from '../../consumers/runtime/consumer.ts'

/**
 * A consumer with a part of it replaced.
 *
 * @param replace what is different in a shard that was opened
 */
export function wrapped(
  consumer: Consumer,
  replace: (opened: ShardConsumer, shardId: string) => Partial<ShardConsumer>,
): Consumer {
  return {
    name: consumer.name,
    async open(shard) {
      const opened = await consumer.open(shard)
      return {
        get position() {
          return opened.position
        },
        handle: (records) => opened.handle(records),
        passOver: (record, reason) => opened.passOver(record, reason),
        caughtUp: (at) => opened.caughtUp(at),
        get noted() {
          return opened.noted
        },
        isCurrent: () => opened.isCurrent(),
        note: (at) => opened.note(at),
        save: () => opened.save(),
        end: () => opened.end(),
        ...replace(opened, shard.shardId),
      }
    },
  }
}
