import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/longest-first.ts'

// Most tests start processes of ours, some of them ten: what Node compiled of a file is compiled once for them all.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url))

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    sequence: { sequencer: LongestFirst },
    // Tests start real servers and a browser: two at a time is what two cores carry.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A browser and several servers on a machine that others use may miss a deadline by chance; what is broken fails
    // twice. What passed the second time is told as "retry x1": a flake to be mended. By hand nothing is tried again.
    retry: process.env.CI ? 1 : 0,
  },
})
