/** The redriver as a Lambda function on a schedule: works until the overflow is empty or its time is nearly up. */
import type { Context } from 'aws-lambda'
import { metricLine, occurred } from '../../stream/embedded-metrics.ts'
import { readSettings } from '../../stream/settings.ts'
import { composeRedriver } from './compose.ts'
import { redrive } from './redrive.ts'

const stores = composeRedriver(readSettings(process.env))
/** A round takes less. */
const reserveMs = 10_000

export async function handler(_event: unknown, context: Context): Promise<Redriven> {
  const done = await empty(context)
  const metrics = occurred({ Redriven: done.redriven, Refused: done.refused ? 1 : 0 })
  // At nearly every look there is nothing to tell.
  if (Object.keys(metrics).length > 0)
    process.stdout.write(metricLine({ FunctionName: context.functionName }, metrics, Date.now()))
  return done
}

type Redriven = { redriven: number; refused: boolean }

async function empty(context: Context): Promise<Redriven> {
  let redriven = 0
  while (context.getRemainingTimeInMillis() > reserveMs) {
    const round = await redrive(stores)
    redriven += round.redriven
    if (round.refused || round.empty) return { redriven, refused: round.refused }
  }
  return { redriven, refused: false }
}
