/** `npm run quarantine`: records that consumers passed over. */
import { commandSettings, useRunningStores } from '../running.ts'
import { describeList, describeRecord } from './describe.ts'
import { help, parseQuarantineCommand, type QuarantineCommand, type Selection } from './options.ts'
import { retryRecords } from './retry.ts'
import { createQuarantineStores, type QuarantineEntry, type QuarantineStores } from './stores.ts'

async function run(command: Extract<QuarantineCommand, { selection: Selection }>): Promise<void> {
  const settings = commandSettings()
  useRunningStores(settings, process.env)
  const stores = createQuarantineStores(settings)
  const entries = await select(stores, command.selection)
  switch (command.kind) {
    case 'list':
      console.log(describeList(entries))
      if (command.json) console.log(JSON.stringify({ quarantined: entries.length, records: entries }))
      return
    case 'show':
      for (const entry of entries) console.log(`${describeRecord(entry, await stores.get(entry.key))}\n`)
      return
    case 'retry':
      await retryRecords(stores, entries, ({ entry, shardId, sequenceNumber }) =>
        console.log(`${entry.consumer} gets ${entry.sequenceNumber} again, as ${sequenceNumber} in ${shardId}`),
      )
      console.log(entries.length === 1 ? '1 record was put back.' : `${entries.length} records were put back.`)
  }
}

async function select(stores: QuarantineStores, { consumer, sequenceNumber }: Selection): Promise<QuarantineEntry[]> {
  const entries = (await stores.list()).filter(
    (entry) =>
      (consumer === undefined || entry.consumer === consumer) &&
      (sequenceNumber === undefined || entry.sequenceNumber === sequenceNumber),
  )
  if (sequenceNumber !== undefined && entries.length === 0)
    throw new Error(`There is no record ${sequenceNumber} in the quarantine (npm run quarantine -- list).`)
  return entries
}

const command = parseQuarantineCommand(process.argv.slice(2))
if (command.kind === 'help') console.log(help)
else if (command.kind === 'wrong') fail(`${command.message} (--help lists the options)`, 2)
else await run(command).catch((error: unknown) => fail(lineOf(error), 1))

function fail(line: string, exitCode: number): void {
  console.error(line)
  process.exitCode = exitCode
}

/** A connection that is refused at every address of a host has a code, and no message. */
function lineOf(error: unknown): string {
  const { message, code } = error as Error & { code?: string }
  return message || (code ?? 'unknown')
}
