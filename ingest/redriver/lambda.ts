/** The redriver as a Lambda function on a schedule: works until the overflow is empty or its time is nearly up. */
import type { Context } from 'aws-lambda'
import { readSettings } from '../../stream/settings.ts'
import { composeRedriver } from './compose.ts'
import { redrive } from './redrive.ts'

const stores = composeRedriver(readSettings(process.env))
/** A round takes less. */
const reserveMs = 10_000

export async function handler(_event: unknown, context: Context): Promise<{ redriven: number; refused: boolean }> {
  let redriven = 0
  while (context.getRemainingTimeInMillis() > reserveMs) {
    const round = await redrive(stores)
    redriven += round.redriven
    if (round.refused || round.empty) return { redriven, refused: round.refused }
  }
  return { redriven, refused: false }
}
