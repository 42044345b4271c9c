/** Lags in words. */
import { formatCount, formatDecimal } from '../format.ts'
import { texts } from '../texts.ts'

export function formatRecords(records: number | null): string {
  return records === null ? texts.pipeline.unknownRecords : texts.pipeline.records(records, formatCount(records))
}

export function formatRate(recordsPerSecond: number): string {
  const isFew = recordsPerSecond > 0 && recordsPerSecond < 9.95
  const shown = isFew ? formatDecimal(recordsPerSecond) : formatCount(Math.round(recordsPerSecond))
  return texts.pipeline.rate(shown)
}

/** `shardId-000000000003` is shard 3; other services may name theirs as they like. */
export function shardName(shard: string): string {
  const number = /^shardId-(\d+)$/.exec(shard)?.[1]
  return number === undefined ? shard : texts.pipeline.shard(Number(number))
}

export function consumerName(consumer: string): string {
  return (texts.pipeline.consumers as Record<string, { name: string } | undefined>)[consumer]?.name ?? consumer
}

export function consumerTask(consumer: string): string {
  return (texts.pipeline.consumers as Record<string, { task: string } | undefined>)[consumer]?.task ?? ''
}
