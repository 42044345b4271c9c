import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Settings } from '../stream/settings.ts'

/** Names of our environment variables: one that is renamed in stream/settings.ts fails to compile here. */
export type SettingName = keyof Settings | TracingName
/** As stream/tracing.ts reads them. */
type TracingName = 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_TRACES_SAMPLER_ARG'
export type Environment = Partial<Record<SettingName, string>>

/** Whatever runs our code and can be given rights: a Lambda function, or the container of a Fargate task. */
export type Workload = IGrantable & { addEnvironment(name: SettingName, value: string): unknown }
