/**
 * Metrics as a line of a function's log, from which CloudWatch takes them: no call, and nothing to wait for
 * (Amazon CloudWatch guide, "Embedded metric format specification").
 */
export const metricNamespace = 'Retrace'

/**
 * @param functionName the metrics' one dimension
 * @param counts values by the metrics' names
 * @param at epoch milliseconds
 * @returns the line, which must reach standard output as it is: through `console` Lambda would wrap it
 */
export function metricLine(functionName: string, counts: Record<string, number>, at: number): string {
  const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' }))
  const CloudWatchMetrics = [{ Namespace: metricNamespace, Dimensions: [['FunctionName']], Metrics }]
  return `${JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics }, FunctionName: functionName, ...counts })}\n`
}
