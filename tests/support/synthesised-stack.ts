/** The stack as CloudFormation gets it, and questions to it. Synthesised into a folder of its own, deleted afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Annotations, Template } from 'aws-cdk-lib/assertions'
import { type DeploymentConfig, deployment } from '../../cdk/config.ts'
import { createApp } from '../../cdk/stack.ts'

export type Resource = { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string }
export type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown }

/** The library leaves what it makes in the system's temporary folder, unless it is given one. */
const folder = mkdtempSync(join(tmpdir(), 'retrace-cdk-'))

/** To be called when a test file is through. */
export const removeSynthesised = () => rmSync(folder, { recursive: true, force: true })

type Code = Parameters<typeof createApp>[2]

/** The deployment as it is, but for a change. */
export const synthesise = (change: Partial<DeploymentConfig> = {}, code: Code = 'left out') =>
  createApp({ ...deployment, ...change }, mkdtempSync(join(folder, 'out-')), code)

export type SynthesisedStack = ReturnType<typeof synthesisedStack>

export function synthesisedStack(change: Partial<DeploymentConfig> = {}, code: Code = 'left out') {
  const { app, stack } = synthesise(change, code)
  const template = Template.fromStack(stack)
  const resources: Record<string, Resource> = template.toJSON().Resources

  /** Resources of a type, of one construct of the stack or of all. */
  function of(type: string, construct = ''): Resource[] {
    return Object.entries(resources)
      .filter(([id, resource]) => resource.Type === type && id.startsWith(construct))
      .map(([, resource]) => resource)
  }

  function one(type: string, construct: string): Resource {
    const [resource, ...others] = of(type, construct)
    if (resource === undefined || others.length > 0) throw new Error(`not exactly one ${type} in ${construct}`)
    return resource
  }

  function bucketId(): string | undefined {
    return Object.keys(resources).find((id) => resources[id]?.Type === 'AWS::S3::Bucket')
  }

  function statementsOf(construct: string): Statement[] {
    return of('AWS::IAM::Policy', construct).flatMap(
      ({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
    )
  }

  function actionsOf(construct: string): string[] {
    return statementsOf(construct).flatMap(({ Action }) => Action)
  }

  /** Names of the tables that statements are about, sorted. */
  function tablesIn(statements: Statement[]): string[] {
    const ids = JSON.stringify(statements.map(({ Resource }) => Resource))
    return Object.entries(resources)
      .filter(([id, { Type }]) => Type === 'AWS::DynamoDB::Table' && ids.includes(`"${id}"`))
      .map(([, { Properties }]) => (Properties.TableName as string).replace('retrace-', ''))
      .sort()
  }

  /** What statements allow with a table, sorted. */
  function actionsOn(table: string, statements: Statement[]): string[] {
    const about = statements.filter((statement) => tablesIn([statement]).includes(table))
    return about.flatMap(({ Action }) => Action).sort()
  }

  return {
    template,
    annotations: Annotations.fromStack(stack),
    /** Folder of what would be deployed; functions are in it where their code is. */
    assembly: app.synth().directory,
    of,
    one,
    bucketId,
    statementsOf,
    actionsOf,
    tablesIn,
    actionsOn,
  }
}
