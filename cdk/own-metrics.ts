import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'

/** A metric that our code writes into its log (stream/embedded-metrics.ts): what a minute brought of it. */
export function ownMetric(
  source: { FunctionName: string } | { Service: string },
  metricName: string,
  options: MetricOptions = {},
): Metric {
  return new Metric({ namespace: 'Retrace', metricName, dimensionsMap: source, statistic: Stats.SUM, ...options })
}
