/** The process that makes facts for whoever started it (maker.ts): it is told what, tells how far it is, and ends. */
import { toMessage } from '../replay/worker-messages.ts'
import { consumerEnvironment } from '../runtime/process.ts'
import { makeFacts } from './make-facts.ts'
import type { FromMaker, MakeTask } from './make-task.ts'

const tell = (message: FromMaker) => process.send?.(message)

async function make(task: MakeTask): Promise<void> {
  const environment = consumerEnvironment(process.env)
  for (const run of task.runs)
    await makeFacts(environment, task, run, (events) => {
      tell({ kind: 'events', events })
    })
}

process.once('message', (task: MakeTask) => {
  make(task)
    .then(
      () => tell({ kind: 'done' }),
      (error: unknown) => tell({ kind: 'failed', error: toMessage(error) }),
    )
    .finally(() => process.disconnect())
})
// Nobody waits for it any more.
process.once('disconnect', () => process.exit())
