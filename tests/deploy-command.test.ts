/** `npm run deploy`: what it says before anything reaches AWS, and afterwards. That it deploys is in deploy.test.ts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployment } from '../cdk/config.ts'
import { readConfigFile } from '../cdk/config-file.ts'
import { nextSteps } from '../local/deploy/next-steps.ts'
import { makeDataFolder, removeDataFolder, runToEnd } from './support/retrace.ts'

let folder: string
beforeAll(async () => {
  folder = await makeDataFolder()
})
afterAll(() => removeDataFolder(folder))

function fileWith(text: string): string {
  const file = join(folder, 'retrace.json')
  writeFileSync(file, text)
  return file
}

describe('a file of choices', () => {
  test('changes what it names, and leaves the rest as it comes', () => {
    const file = fileWith(
      '{"alarmEmail": "ada@example.org", "archiver": {"windowSeconds": 60, "reservedConcurrency": 4}}',
    )
    expect(readConfigFile(file)).toEqual({
      ...deployment,
      alarmEmail: 'ada@example.org',
      archiver: { ...deployment.archiver, windowSeconds: 60, reservedConcurrency: 4 },
    })
  })

  test.for([
    ['{"archiver": {"windowSecond": 60}}', 'archiver.windowSecond is no setting'],
    ['{"alarmMail": "ada@example.org"}', 'alarmMail is no setting'],
    ['{"toString": "x"}', 'toString is no setting'],
    ['{"warehouse": "yes"}', 'warehouse must be a boolean.'],
    ['{"archiver": {"windowSeconds": "60"}}', 'archiver.windowSeconds must be a number.'],
    ['{"archiver": 60}', 'archiver must be an object of settings.'],
    ['[]', 'it must be an object of settings.'],
    ['{', 'it is no JSON'],
  ] as const)('%s is refused: %s', ([text, sentence]) => {
    expect(() => readConfigFile(fileWith(text))).toThrow(sentence)
  })

  test('that is not there is refused', () => {
    expect(() => readConfigFile(join(folder, 'none.json'))).toThrow('it cannot be read (ENOENT).')
  })
})

describe('the command', () => {
  test('stops at a choice that cannot be deployed, with a sentence', async () => {
    const file = fileWith('{"archiver": {"windowSeconds": 301}}')
    const { code, output } = await runToEnd('local/deploy/cli.ts', ['--config', file], process.env)
    expect(output).toContain(`${file}: archiver.windowSeconds must be an integer from 0 to 300.`)
    expect(output).toContain('The stack could not be made')
    expect(code).toBe(1)
  })

  test.for([
    [['--region', 'Frankfurt'], '--region must be a region of AWS'],
    [['--profile', ''], '--profile needs a value'],
    [['--stage', 'prod'], '--stage'],
  ] as const)('tells a wrong option, with the usage: %s', async ([args, sentence]) => {
    const { code, output } = await runToEnd('local/deploy/cli.ts', [...args], process.env)
    expect(output).toContain(sentence)
    expect(output).toContain('npm run deploy --')
    expect(code).toBe(2)
  })

  test('says where everything is and how to go on', () => {
    const outputs = { Origin: 'https://clicks.example', AdminTokenSecret: 'arn:secret', CommandSettings: 'A=1 B=2' }
    const text = nextSteps(outputs, ' --profile shop')
    expect(text).toContain('https://clicks.example/sign-in')
    expect(text).toContain('--secret-id arn:secret --query SecretString --output text --profile shop')
    expect(text).toContain('<script defer src="https://clicks.example/retrace.js" data-site="SITE"></script>')
    const asFunction = nextSteps({ ...outputs, EndpointUrl: 'https://abc.lambda-url.example/' }, '')
    expect(asFunction).toContain('https://clicks.example/sign-in')
    expect(asFunction).toContain('src="https://abc.lambda-url.example/retrace.js"')
    expect(nextSteps({ AdminTokenSecret: 'arn:secret', CommandSettings: 'A=1 B=2' }, '')).toContain('A=1\n  B=2')
  })
})
