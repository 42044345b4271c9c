/** AWS's own list of good practice is gone through whenever a template is made. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { type DeploymentConfig, deployment } from '../cdk/config.ts'
import { removeSynthesised, synthesise } from './support/synthesised-stack.ts'

type Finding = { ruleName: string; violatingConstructs: { constructPath: string }[]; reason?: string }
type Report = { pluginReports: { pluginName: string; violations: Finding[]; suppressedViolations?: Finding[] }[] }

afterAll(removeSynthesised)
// Each synthesises and bundles a stack of its own.
vi.setConfig({ testTimeout: 120_000 })

function findings({ app }: ReturnType<typeof synthesise>): { open: Finding[]; accepted: Finding[] } {
  const report: Report = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'))
  const checks = report.pluginReports.filter(({ pluginName }) => pluginName === 'AwsSolutions')
  expect(checks).toHaveLength(1)
  return {
    open: checks.flatMap(({ violations }) => violations),
    accepted: checks.flatMap(({ suppressedViolations = [] }) => suppressedViolations),
  }
}

describe('the deployment', () => {
  it.each<[string, Partial<DeploymentConfig>]>([
    ['as it comes', {}],
    ['with the endpoint as a function', { endpointHost: 'lambda', servers: 'elsewhere' }],
    [
      'behind CloudFront',
      {
        certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
        cloudFrontDomain: 'clicks.example.org',
        cloudFrontCertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
      },
    ],
    ['for development', { removeDataOnDelete: true }],
    [
      'behind TLS, with shards of its own',
      {
        certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
        stream: { ...deployment.stream, mode: 'provisioned' },
        alarmEmail: 'ops@example.org',
        mailFrom: 'Retrace <alerts@example.org>',
        alertTopics: 'arn:aws:sns:eu-central-1:123456789012:incidents',
      },
    ],
  ])('%s has no open finding, and each that is accepted has its reason', (_, change) => {
    const { open, accepted } = findings(synthesise(change))
    expect(open).toEqual([])
    expect(accepted.length).toBeGreaterThan(0)
    for (const { reason = '' } of accepted) expect(reason).toMatch(/^[A-Z].{20,}\.$/)
  })

  it('is not made with what nobody accepted', () => {
    const { app, stack } = synthesise()
    new Bucket(stack, 'Open')
    expect(() => app.synth()).toThrow(/retrace\/Open\/Resource/)
  })
})
