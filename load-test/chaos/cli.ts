import { help, parseChaosCommand } from './options.ts'
import { createProgress } from './progress.ts'
import { type Conclusion, targets } from './targets.ts'

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
    const progress = createProgress(options.kills, process.stderr)
    conclude(await targets[options.target].run(options, progress, interrupted.signal), options.json)
  } catch (error) {
    if (interrupted.signal.aborted) process.exitCode = 130
    else fail([(error as Error).message], 1)
  }
}

function conclude({ report, table, problems }: Conclusion, json: boolean): void {
  console.log(table)
  if (problems.length > 0) fail(problems, 1)
  if (json) console.log(JSON.stringify(report))
}

function fail(lines: string[], exitCode: number): void {
  for (const line of lines) console.error(line)
  process.exitCode = exitCode
}
