import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSettings, settingDeclarations } from '../stream/settings.ts'

describe('settings', () => {
  it('have usable defaults and cannot be changed', () => {
    const settings = readSettings({})
    expect(settings.RETRACE_INGEST_PORT).toBe(8080)
    expect(Object.isFrozen(settings)).toBe(true)
  })

  it('take an empty variable for one that is not set', () => {
    expect(readSettings({ RETRACE_INGEST_PORT: '' }).RETRACE_INGEST_PORT).toBe(8080)
  })

  it('name every variable that cannot be used, and what it must be', () => {
    const wrong = { RETRACE_INGEST_PORT: '80a', RETRACE_LOG_LEVEL: 'loud' }
    expect(() => readSettings(wrong)).toThrow(
      'RETRACE_INGEST_PORT must be an integer from 0 to 65535; RETRACE_LOG_LEVEL must be one of',
    )
  })

  it('are all described in docs/settings.md, with their defaults', () => {
    const page = readFileSync(new URL('../docs/settings.md', import.meta.url), 'utf8')
    for (const [name, setting] of Object.entries(settingDeclarations)) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
      expect(row, name).toBe(`| \`${name}\` | ${setting.default ? `\`${setting.default}\`` : ''} | ${setting.about} |`)
    }
  })
})
