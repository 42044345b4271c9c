/** What CloudWatch makes of a log: lines in embedded metric format, held to its specification. */

type Directive = { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }
export type MetricLine = { metrics: Record<string, number>; dimensions: Record<string, string>; units: string[] }

const units = ['Count', 'Bytes', 'Milliseconds']
const maxLineBytes = 1024 * 1024

/** @throws Error saying which rule of "Embedded metric format specification" (CloudWatch guide) a line breaks */
export function metricLinesIn(log: string): MetricLine[] {
  return log
    .split('\n')
    .filter((line) => line.includes('"_aws"'))
    .map(readLine)
}

function readLine(line: string): MetricLine {
  const must = (holds: boolean, rule: string) => {
    if (!holds) throw new Error(`${rule}: ${line}`)
  }
  must(Buffer.byteLength(line) <= maxLineBytes, 'a line has a megabyte at most')
  const root = JSON.parse(line) as Record<string, unknown>
  const { Timestamp, CloudWatchMetrics } = root._aws as { Timestamp: unknown; CloudWatchMetrics: Directive[] }
  must(Number.isInteger(Timestamp), 'Timestamp is in epoch milliseconds')
  must(Array.isArray(CloudWatchMetrics) && CloudWatchMetrics.length === 1, 'there is one directive')
  const [{ Namespace, Dimensions, Metrics }] = CloudWatchMetrics as [Directive]
  must(/^[\w./#:-]{1,255}$/.test(Namespace) && !Namespace.startsWith('AWS/'), 'Namespace is one of ours')
  must(Dimensions.length >= 1 && Dimensions.every((set) => set.length >= 1 && set.length <= 30), 'sets of dimensions')
  must(Metrics.length >= 1 && Metrics.length <= 100, 'a directive has 1 to 100 metrics')
  const names = Dimensions.flat()
  for (const name of names)
    must(
      typeof root[name] === 'string' && /^[^:\p{Cc}][^\p{Cc}]{0,249}$/u.test(name),
      'dimensions are texts of the root',
    )
  for (const name of names) must(/^\P{Cc}{1,1024}$/u.test(`${root[name]}`), 'a dimension has a value')
  for (const { Name, Unit } of Metrics) {
    must(Number.isFinite(root[Name]), 'metrics are numbers of the root')
    must(units.includes(Unit), 'units are those of MetricDatum')
  }
  return {
    metrics: Object.fromEntries(Metrics.map(({ Name }) => [Name, root[Name] as number])),
    dimensions: Object.fromEntries(names.map((name) => [name, `${root[name]}`])),
    units: Metrics.map(({ Unit }) => Unit),
  }
}
