/** The way of an event, from left to right: endpoint, stream, and the three consumers, each at its own pace. */

import { formatFineDuration } from '../format.ts'
import { consumerName, consumerTask, formatRate, formatRecords } from './lag-text.ts'
import { SetAside } from './set-aside.tsx'
import { Sparkline } from './sparkline.tsx'
import { StateMark } from './state-mark.tsx'
import type { ConsumerSummary, PipelineSummary } from './summary.ts'
import { pipelineTexts } from './texts.ts'

export function Flow({ recordsPerSecond, consumers, shards, at, overflow, quarantine }: PipelineSummary) {
  const flowing = recordsPerSecond > 0
  return (
    <section class="card flow" aria-label={pipelineTexts.way}>
      <div class="flow-node">
        <h2>{pipelineTexts.endpoint.name}</h2>
        <p>{pipelineTexts.endpoint.task}</p>
      </div>
      <Links flowing={[flowing]} />
      <div class="flow-node">
        <h2>{pipelineTexts.stream.name}</h2>
        <p>{pipelineTexts.stream.shards(shards.length)}</p>
        <p class="flow-rate">{formatRate(recordsPerSecond)}</p>
      </div>
      <Links flowing={consumers.map(({ state }) => flowing && state !== 'silent')} />
      <ul class="flow-consumers">
        {consumers.map((consumer) => (
          <FlowConsumer key={consumer.consumer} summary={consumer} />
        ))}
      </ul>
      <SetAside at={at} overflow={overflow} quarantine={quarantine} />
    </section>
  )
}

function FlowConsumer({ summary }: { summary: ConsumerSummary }) {
  const { consumer, state, behindSeconds, behindRecords, silentSeconds, windowSeconds, series } = summary
  return (
    <li class="flow-consumer" data-state={state ?? 'unknown'}>
      <div class="flow-consumer-head">
        <h2>{consumerName(consumer)}</h2>
        <p>{consumerTask(consumer)}</p>
        <StateMark {...(state && { state })} silentSeconds={silentSeconds} />
      </div>
      <Sparkline series={series} />
      <p class="flow-lag">
        <strong>{state ? formatFineDuration(behindSeconds) : '–'}</strong> <span>{pipelineTexts.behind}</span>
        {state && (
          <>
            <small>{formatRecords(behindRecords)}</small>
            <small>{pipelineTexts.gathers(formatFineDuration(windowSeconds))}</small>
          </>
        )}
      </p>
    </li>
  )
}

/** From the middle of what is left to each of what is right: a line each, which moves while records do. */
function Links({ flowing }: { flowing: readonly boolean[] }) {
  return (
    <svg class="flow-links" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      {flowing.map((flows, i) => {
        const y = ((i + 0.5) / flowing.length) * 100
        return <path key={y} data-flowing={flows} d={`M0 50C50 50 50 ${y} 100 ${y}`} />
      })}
    </svg>
  )
}
