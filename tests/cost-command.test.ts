/** `npm run cost`: what it answers, by which choices, and what it says to wrong flags. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostedServices } from '../cdk/cost/hosted.ts'
import { makeDataFolder, runToEnd } from './support/retrace.ts'

describe('npm run cost', () => {
  const cost = (...args: string[]) => runToEnd('cdk/cost/cli.ts', args, process.env)

  it('ends with one JSON object, and draws', async () => {
    const folder = await makeDataFolder()
    try {
      const file = join(folder, 'cost.svg')
      const { code, output } = await cost('--events-per-day', '100_000_000', '--json', '--plot', file)
      expect(code, output).toBe(0)
      const answer = JSON.parse(output.trim().split('\n').at(-1) ?? '')
      const services = Object.values(answer.byService as Record<string, number>)
      expect(answer.monthlyTotal).toBeCloseTo(
        services.reduce((sum, dollars) => sum + dollars, 0),
        6,
      )
      expect(answer.oneRecordPerEvent.pipelinePerMillion).toBeGreaterThan(answer.pipelinePerMillion)
      expect(answer.unconfirmedPrices).toContain('kinesisOnDemandExtended')
      const drawn = await readFile(file, 'utf8')
      // All but Fathom, whose known plan ends before the volumes drawn.
      expect(drawn.match(/<polyline/g)).toHaveLength(2 + hostedServices.length - 1)
      expect(drawn).not.toContain('NaN')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('goes by the choices of a deployment', async () => {
    const folder = await makeDataFolder()
    try {
      const file = join(folder, 'retrace.json')
      await writeFile(file, '{"endpointHost": "lambda", "servers": "elsewhere", "stream": {"retentionDays": 9}}')
      const { code, output } = await cost('--events-per-day', '1e6', '--config', file, '--json')
      expect(code, output).toBe(0)
      expect(output).toContain('stream kept for 9 days')
      expect(JSON.parse(output.trim().split('\n').at(-1) ?? '').byService.loadBalancer).toBe(0)
      await writeFile(file, '{"endpointHost": "ec2"}')
      const wrong = await cost('--events-per-day', '1e6', '--config', file)
      expect([wrong.code, wrong.output.trim()]).toEqual([1, `${file}: endpointHost must be fargate or lambda.`])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it.each([
    [[], '--events-per-day is missing'],
    [['--events-per-day', 'many'], '--events-per-day must be a whole number from 1'],
    [['--events-per-day', '0'], 'not 0'],
    [['--events-per-day', '1e6', '--retention-days', '366'], '--retention-days must be a whole number from 1 to 365'],
    [['--events-per-day', '1e6', '--region', 'mars-1'], 'no prices of mars-1 here, only of us-east-1 and eu-central-1'],
    [['--events-per-day', '1e6', '--sights', '2'], "Unknown option '--sights'"],
  ])('%j: says what is wrong', async (args, message) => {
    const { code, output } = await cost(...args)
    expect(code).toBe(2)
    expect(output).toContain(message)
  })
})
