/** In AWS: looks on a schedule whether replays wait. What it answers starts the task that runs them (cdk/replay.ts). */
import { consumerEnvironment } from '../runtime/process.ts'
import { callNext } from './call-next.ts'
import { generationsOf } from './known.ts'

const generations = generationsOf(consumerEnvironment(process.env))

/** @returns null when there is nothing to start */
export async function handler(): Promise<{ generation: string } | null> {
  return (await callNext(generations, Date.now())) ?? null
}
