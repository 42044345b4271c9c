/** The process that answers one question in SQL (shapes/sql-questions.ts): it is told it, answers, and ends. */
import { setPriority } from 'node:os'
import { answerQuestion } from './answer.ts'
import { type FromQuestion, QuestionError, type QuestionTask, tooLarge } from './question.ts'

/** The dashboard's own answers go before. */
const priority = 10

/** What Node and DuckDB take before they begin, and an answer in Node. */
const baseMb = 256
const lookEveryMs = 50

const tell = (message: FromQuestion) => new Promise((resolve) => process.send?.(message, resolve))

/** Functions may allocate what DuckDB does not count; what is faster than this looks the system ends (shapes/sql-questions.ts). */
function watchMemory({ limits: { memoryMb } }: QuestionTask): void {
  const most = (memoryMb + baseMb) * 1024 * 1024
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() <= most) return
    clearInterval(timer)
    void tell({ kind: 'failed', code: 'too_large', message: tooLarge, place: undefined }).then(() => process.exit())
  }, lookEveryMs)
}

async function answer(task: QuestionTask): Promise<void> {
  watchMemory(task)
  try {
    const table = await answerQuestion(task, () => void tell({ kind: 'begun' }))
    await tell({ kind: 'done', table })
  } catch (error) {
    const { code, message, place } =
      error instanceof QuestionError ? error : new QuestionError('ended', error instanceof Error ? error.message : '')
    await tell({ kind: 'failed', code, message, place })
  }
  process.exit()
}

setPriority(priority)
process.once('message', (task: QuestionTask) => void answer(task))
// Nobody waits for it any more.
process.once('disconnect', () => process.exit())
