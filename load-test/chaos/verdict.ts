/** What a run showed, for people, and whether it is good: pure. */
import type { ChaosReport } from './run.ts'

/** @returns what is wrong, a sentence each; none when all is well */
export function problemsOf(report: ChaosReport): string[] {
  const { signal, lost, missing = 0, doubled = 0, undecodable, unanswered = 0, exitCodes, crashes } = report
  const wrong: [boolean, string][] = [
    [lost > 0, `${lost} acknowledged events are not stored, such as ${examples(report)}.`],
    [missing > 0, `${missing} stored events are missing in the figures.`],
    [doubled > 0, `${doubled} events were counted twice.`],
    [undecodable > 0, `${undecodable} stored records cannot be read.`],
    [report.rejected > 0, `${report.rejected} good events were rejected.`],
    [report.stuck > 0, `${report.stuck} requests were never acknowledged.`],
    [crashes > 0, `It ended ${crashes} times by itself.`],
  ]
  if (signal === 'SIGTERM') {
    const bad = Object.entries(exitCodes).filter(([how]) => how !== '0')
    wrong.push(
      [unanswered > 0, `${unanswered} requests that were sent before it stopped listening got no answer.`],
      [
        bad.length > 0,
        `It did not always end with 0: ${bad.map(([how, times]) => `${how} (${times} times)`).join(', ')}.`,
      ],
    )
  }
  return wrong.filter(([is]) => is).map(([, sentence]) => sentence)
}

export function summaryTable(report: ChaosReport): string {
  const count = (value: number) => value.toLocaleString('en-US')
  const rows: [string, string][] = [
    ['kills', `${count(report.kills)} (${report.signal}) in ${report.seconds} s`],
    ['requests under way then', count(report.underWay)],
    ['requests of unknown fate', count(report.unknown)],
    ...(report.signal === 'SIGTERM' ? sigtermRows(report) : []),
    ['acknowledged', count(report.acknowledged)],
    ['stored', `${count(report.stored)}, ${count(report.unacknowledged)} of them never acknowledged`],
    ['lost', count(report.lost)],
    ['duplicated', `${count(report.duplicated)} (before the consumers)`],
    ['counted', count(report.counted ?? 0)],
    ['missing', count(report.missing ?? 0)],
    ['counted twice', count(report.doubled ?? 0)],
    ['seed', String(report.seed)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

function sigtermRows({ unanswered = 0, cutOff = 0 }: ChaosReport): [string, string][] {
  return [['without an answer', `${unanswered}, and ${cutOff} that came to a listener already closed`]]
}

function examples({ lostExamples }: ChaosReport): string {
  return lostExamples.map(({ load, n }) => `${load} ${n}`).join(', ')
}
