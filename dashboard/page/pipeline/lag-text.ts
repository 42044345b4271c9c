/** Lags in words. */
import { formatCount, formatDecimal } from '../format.ts'
import { pipelineTexts } from './texts.ts'

export function formatRecords(records: number | null): string {
  return records === null ? pipelineTexts.unknownRecords : pipelineTexts.records(records, formatCount(records))
}

export function formatRate(recordsPerSecond: number): string {
  const isFew = recordsPerSecond > 0 && recordsPerSecond < 9.95
  const shown = isFew ? formatDecimal(recordsPerSecond) : formatCount(Math.round(recordsPerSecond))
  return pipelineTexts.rate(shown)
}

/** `shardId-000000000003` is shard 3; other services may name theirs as they like. */
export function shardName(shard: string): string {
  const number = /^shardId-(\d+)$/.exec(shard)?.[1]
  return number === undefined ? shard : pipelineTexts.shard(Number(number))
}

export function consumerName(consumer: string): string {
  return (pipelineTexts.consumers as Record<string, { name: string } | undefined>)[consumer]?.name ?? consumer
}

export function consumerTask(consumer: string): string {
  return (pipelineTexts.consumers as Record<string, { task: string } | undefined>)[consumer]?.task ?? ''
}
