/** Every shard in a row, with how far each consumer is in it. */

import { formatFineDuration } from '../format.ts'
import { locale } from '../language.ts'
import { consumerName, formatRecords, shardName } from './lag-text.ts'
import { Sparkline } from './sparkline.tsx'
import { StateMark } from './state-mark.tsx'
import type { PipelineSummary, ShardLag } from './summary.ts'
import { pipelineTexts } from './texts.ts'

const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', second: '2-digit' })

export function Shards({ shards }: Pick<PipelineSummary, 'shards'>) {
  return (
    <section class="card shards" aria-labelledby="shards-title">
      <h2 id="shards-title">{pipelineTexts.shards}</h2>
      <ul>
        {shards.map(({ shard, lags }) => (
          <li key={shard} class="shard">
            <h3 title={shard}>{shardName(shard)}</h3>
            <ul class="shard-lags">
              {lags.map((lag) => (
                <li key={lag.consumer} class="shard-lag" data-state={lag.state}>
                  <ShardLagText lag={lag} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <p class="shards-note">{pipelineTexts.note}</p>
    </section>
  )
}

function ShardLagText({ lag }: { lag: ShardLag }) {
  const { consumer, state, behindSeconds, behindRecords, silentSeconds, handledAt, position, series } = lag
  return (
    <>
      <div class="shard-lag-head">
        <h4>{consumerName(consumer)}</h4>
        <StateMark state={state} silentSeconds={silentSeconds} />
      </div>
      <p>
        <strong>{formatFineDuration(behindSeconds)}</strong> {pipelineTexts.behind}, {formatRecords(behindRecords)}
      </p>
      <Sparkline series={series} />
      <small title={position ?? undefined}>
        {handledAt === null
          ? pipelineTexts.nothingHandled
          : pipelineTexts.lastHandled(time.format(Date.parse(handledAt)))}
      </small>
    </>
  )
}
