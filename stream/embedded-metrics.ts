/**
 * Metrics as a line of a log, from which CloudWatch takes them: no call, and nothing to wait for (Amazon CloudWatch guide,
 * "Embedded metric format specification").
 */
export const metricNamespace = 'Retrace'

/** Who counted: what runs as a function by its name, an endpoint on Fargate by the name of its service. */
export type MetricSource = { FunctionName: string } | { Service: string }

export type Measured = { value: number; unit: 'Count' | 'Bytes' | 'Milliseconds' }

/**
 * @param source the metrics' one dimension: CloudWatch charges for each metric of each source
 * @param metrics values by the metrics' names, in PascalCase; a number is a count
 * @param at epoch milliseconds
 * @param properties more for whoever reads the line, which becomes no metric; names in camelCase
 * @returns the line, which must reach standard output as it is: through `console` Lambda would wrap it
 */
export function metricLine(
  source: MetricSource,
  metrics: Readonly<Record<string, number | Measured>>,
  at: number,
  properties: Readonly<Record<string, string | number>> = {},
): string {
  const measured = Object.entries(metrics).map(([name, metric]): [string, Measured] => [
    name,
    typeof metric === 'number' ? { value: metric, unit: 'Count' } : metric,
  ])
  const values = Object.fromEntries(measured.map(([name, { value }]) => [name, value]))
  const CloudWatchMetrics = [
    {
      Namespace: metricNamespace,
      Dimensions: [Object.keys(source)],
      Metrics: measured.map(([Name, { unit }]) => ({ Name, Unit: unit })),
    },
  ]
  // A line without metrics is a line of the log as any other.
  const head = measured.length > 0 ? { _aws: { Timestamp: at, CloudWatchMetrics } } : { timestamp: at }
  return `${JSON.stringify({ ...head, ...source, ...values, ...properties })}\n`
}

/** Those that are not 0: what an hour did not see, CloudWatch does not charge for. */
export function occurred(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => value !== 0))
}
