/** What can be killed. A further target is a further entry here. */
import { runConsumers } from './consumer-set/run.ts'
import { problemsOf as consumerProblems, summaryTable as consumerTable } from './consumer-set/verdict.ts'
import type { ChaosOptions } from './options.ts'
import type { ChaosProgress } from './progress.ts'
import { runChaos } from './run.ts'
import { problemsOf, summaryTable } from './verdict.ts'

/** A run that came to its end: what `--json` prints, what people read, and what is wrong, a sentence each. */
export type Conclusion = { report: object; table: string; problems: string[] }

export type Target = {
  about: string
  run(options: ChaosOptions, progress: ChaosProgress, abort: AbortSignal): Promise<Conclusion>
}

export const targets = {
  ingest: {
    about: 'the ingestion endpoint',
    async run(...run) {
      const report = await runChaos(...run)
      return { report, table: summaryTable(report), problems: problemsOf(report) }
    },
  },
  consumers: {
    about: 'aggregator, archiver with compactor, and anomaly detector',
    async run(...run) {
      const report = await runConsumers(...run)
      return { report, table: consumerTable(report), problems: consumerProblems(report) }
    },
  },
} as const satisfies Record<string, Target>

export type TargetName = keyof typeof targets
export const targetNames = Object.keys(targets) as TargetName[]
