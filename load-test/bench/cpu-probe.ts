/**
 * Loaded before a server (`node --import`): answers the message `cpu` with the processor time that the process has
 * taken so far, user and system, all threads. Finer than the hundredths of a second in /proc, and there on every system.
 */
export type CpuMessage = { cpuMs: number }

process.on('message', (message) => {
  if (message !== 'cpu') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1000 } satisfies CpuMessage)
})
