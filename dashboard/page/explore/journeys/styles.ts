import { stylesOnce } from '../styles-once.ts'

export const addStyles = stylesOnce(`
.journeys { padding: 16px; display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.journeys select {
  font: inherit; color: inherit; min-height: 36px; max-width: 100%; padding: 0 10px; background: var(--surface);
  border: 1px solid var(--line-strong); border-radius: 7px;
}
.journeys label { font-weight: 500; display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; min-width: 0; }
.journeys .hint { color: var(--text-soft); }
.journeys-scroll { overflow-x: auto; border-radius: 8px; }
.journeys-scroll svg { display: block; width: 100%; height: auto; }
.journeys-scroll path { fill: none; stroke: var(--fill); stroke-opacity: 0.22; }
.journeys-scroll path:hover { stroke-opacity: 0.5; }
.journeys-scroll rect { fill: var(--fill); }
.journeys-scroll rect[data-others="true"] { fill: var(--before); }
.journeys-scroll text { fill: var(--text); font-size: 12px; paint-order: stroke; stroke: var(--surface); stroke-width: 3px; }
.journeys-scroll text tspan { fill: var(--text-soft); }
.journeys table { width: 100%; border-collapse: collapse; margin-top: 8px; }
.journeys th, .journeys td { padding: 6px; border-bottom: 1px solid var(--line); text-align: start; overflow-wrap: anywhere; font-weight: 400; }
.journeys thead th { color: var(--text-soft); font-size: 12px; font-weight: 500; }
.journeys th:last-child, .journeys td:last-child { text-align: end; overflow-wrap: normal; }
.journeys summary { cursor: pointer; color: var(--accent); font-weight: 500; }
`)
