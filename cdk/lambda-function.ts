import { fileURLToPath } from 'node:url'
import type { Duration } from 'aws-cdk-lib'
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, LoggingFormat, Runtime, SystemLogLevel } from 'aws-cdk-lib/aws-lambda'
import { type ICommandHooks, LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** Where the AWS SDK looks for credentials on a person's machine. A function has its role's, in its environment. */
const elsewhereCredentials = ['ini', 'login', 'process', 'sso', 'web-identity'].map(
  (kind) => `@aws-sdk/credential-provider-${kind}`,
)

/** Fastify loads them for routes with schemas; ours have none (ingest/shapes.ts). */
const schemaCompilers = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler']

const snippetBeside: ICommandHooks = {
  beforeInstall: () => [],
  beforeBundling: (from) => [`node "${from}/snippet/build.ts"`],
  afterBundling: (from, to) => [`mkdir "${to}/snippet"`, `cp "${from}"/dist/retrace*.* "${to}/snippet"`],
}

export type LambdaFunctionProps = {
  description: string
  /** From the root of the repository. */
  entry: string
  memoryMiB: number
  timeout: Duration
  /** Instances at the same time; none: as many as the source wants. */
  reservedConcurrency?: number
  /** Leaves out Lambda's own lines of each invocation, which cost more than the invocation where there are many. */
  logsNoInvocations?: boolean
  /** Puts the browser script beside the code, in a folder `snippet`. */
  withSnippet?: boolean
}

/** A function of ours: one file and all it imports, bundled here without Docker. */
export function lambdaFunction(scope: Construct, props: LambdaFunctionProps): NodejsFunction {
  const logGroup = new LogGroup(scope, 'Logs', { retention: RetentionDays.ONE_MONTH })
  // The library's own role may write to every log of the account, and make new ones.
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
  logGroup.grantWrite(role)
  return new NodejsFunction(scope, 'Function', {
    role: role as IRole,
    description: props.description,
    entry: `${projectRoot}${props.entry}`,
    projectRoot,
    depsLockFilePath: `${projectRoot}package-lock.json`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: props.memoryMiB,
    timeout: props.timeout,
    ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
    loggingFormat: LoggingFormat.JSON,
    ...(props.logsNoInvocations && { systemLogLevelV2: SystemLogLevel.WARN }),
    logGroup,
    bundling: {
      format: OutputFormat.ESM,
      target: 'node24',
      minify: true,
      logLevel: LogLevel.WARNING,
      // The AWS SDK goes into the bundle: what runs is what the lock file names and the tests tested.
      bundleAwsSDK: true,
      // As ES modules, of which the bundler takes what is used: a third less to load at a cold start.
      mainFields: ['module', 'main'],
      externalModules: [...elsewhereCredentials, ...schemaCompilers],
      // Packages that are still CommonJS call require(), which an ES module does not have.
      banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      forceDockerBundling: false,
      ...(props.withSnippet && { commandHooks: snippetBeside }),
    },
  })
}
