import { help, parseChaosCommand } from './options.ts'
import { createProgress } from './progress.ts'
import { type ChaosReport, runChaos } from './run.ts'
import { problemsOf, summaryTable } from './verdict.ts'

const command = parseChaosCommand(process.argv.slice(2))
if (command.kind === 'help') console.log(help)
else if (command.kind === 'wrong') fail([`${command.message} (--help lists the options)`], 2)
else {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!interrupted.signal.aborted) console.error('\nStopping, and removing what was started …')
      interrupted.abort()
    })
  try {
    const { options } = command
    const report = await runChaos(options, createProgress(options.kills, process.stderr), interrupted.signal)
    conclude(report, options.json)
  } catch (error) {
    if (interrupted.signal.aborted) process.exitCode = 130
    else fail([(error as Error).message], 1)
  }
}

function conclude(report: ChaosReport, json: boolean): void {
  console.log(summaryTable(report))
  const problems = problemsOf(report)
  if (problems.length > 0) fail(problems, 1)
  if (json) console.log(JSON.stringify(report))
}

function fail(lines: string[], exitCode: number): void {
  for (const line of lines) console.error(line)
  process.exitCode = exitCode
}
