/** What a run against the consumers showed, for people, and whether it is good: pure. */
import type { Comparison } from './compare.ts'
import type { ConsumersReport } from './run.ts'

/** @returns what is wrong, a sentence each; none when all is well */
export function problemsOf(report: ConsumersReport): string[] {
  const { archive, figures, crashes, compared, kills } = report
  const wrong: [boolean, string][] = [
    [report.unstored > 0, `${report.unstored} acknowledged events are not in the stream.`],
    [archive.lost > 0, `${archive.lost} events are not in the archive, such as ${archive.lostExamples.join(', ')}.`],
    [archive.doubled > 0, `${archive.doubled} events are in the archive twice.`],
    [figures.missing > 0, `${figures.missing} events are missing in the figures.`],
    [figures.doubled > 0, `${figures.doubled} events were counted twice.`],
    ...Object.entries(compared).map(([what, { different, examples }]): [boolean, string] => [
      different > 0,
      `${different} of the ${what} are not what an undisturbed run made, such as ${examples.join('; ')}.`,
    ]),
    [crashes > 0, `They ended ${crashes} times by themselves.`],
    [report.stuck > 0, `${report.stuck} requests were never acknowledged.`],
    // One more than its objects is the first write that merged or deleted.
    [kills > 0 && archive.revisions <= archive.objects, 'No objects of the archive were merged.'],
    [compared.incidents.compared === 0, 'There was no incident to compare.'],
  ]
  return wrong.filter(([is]) => is).map(([, sentence]) => sentence)
}

export function summaryTable(report: ConsumersReport): string {
  const count = (value: number) => value.toLocaleString('en-US')
  const side = ({ compared, different }: Comparison) =>
    different === 0 ? `${count(compared)}, identical` : `${count(compared)}, ${count(different)} different`
  const faults = Object.entries(report.faults).map(
    ([store, rules]) => `${store} ${count(rules.reduce((sum, { times }) => sum + times, 0))}`,
  )
  const rows: [string, string][] = [
    ['kills', `${count(report.kills)} (${report.signal}) of each in ${report.seconds} s`],
    ['faults', faults.join(', ')],
    ['events', `${count(report.events)} in the stream, ${count(report.copies)} of them copies`],
    ['lost', count(report.lost)],
    ['doubled', count(report.doubled)],
    [
      'objects',
      `${count(report.archive.objects)} in the archive, after ${count(report.archive.revisions)} writes of its manifest`,
    ],
    ...Object.entries(report.compared).map(([what, comparison]): [string, string] => [what, side(comparison)]),
    ['identical', report.identical ? 'yes' : 'no'],
    ['seed', String(report.seed)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}
