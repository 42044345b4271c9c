import { help, parseProxyCommand } from './options.ts'
import { createFaultProxy, type FaultProxy } from './proxy.ts'

const command = parseProxyCommand(process.argv.slice(2))
if (command.kind === 'help') console.log(help)
else if (command.kind === 'wrong') fail(`${command.message} (--help lists the options)`, 2)
else await run(command)

async function run({ target, port, seed, rules }: Extract<typeof command, { kind: 'run' }>): Promise<void> {
  let proxy: FaultProxy
  try {
    proxy = await createFaultProxy({ target, port, seed, rules, now: () => performance.now() })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    fail(`Port ${port} cannot be used (${code === 'EADDRINUSE' ? 'another program has it' : code}).`, 1)
    return
  }
  console.log(`${proxy.url} passes on to ${target}, with ${rules.length === 1 ? '1 rule' : `${rules.length} rules`}.`)
  const report = () => console.log(JSON.stringify(proxy.stats()))
  process.on('SIGUSR2', report)
  const stop = () => {
    report()
    void proxy.close()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function fail(message: string, exitCode: number): void {
  console.error(message)
  process.exitCode = exitCode
}
