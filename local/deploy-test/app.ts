/**
 * The stack as it is tried out: as cdk/config.ts has it, without what MiniStack cannot make, and with shorter waits.
 * The CDK's command runs this, as it runs cdk/app.ts.
 */
import { type DeploymentConfig, deployment } from '../../cdk/config.ts'
import { createApp } from '../../cdk/stack.ts'
import { stackName } from './toolkit.ts'

const config: DeploymentConfig = {
  ...deployment,
  name: stackName,
  // No image can be built without Docker: endpoint and dashboard run beside it, against the same stream and stores.
  servers: 'elsewhere',
  // It knows no alarm that computes with metrics.
  monitoring: false,
  warehouse: true,
  aggregator: { ...deployment.aggregator, windowSeconds: 1, breakdownDelaySeconds: 0, saveIntervalSeconds: 1 },
  archiver: { ...deployment.archiver, windowSeconds: 1 },
  anomalyDetector: { ...deployment.anomalyDetector, windowSeconds: 1 },
}

createApp(config).app.synth()
