import { stylesOnce } from '../styles-once.ts'

export const addStyles = stylesOnce(`
.aims { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.aims > section { padding: 16px; min-width: 0; display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.aims-head { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; }
.aims-head h2 { font-size: 15px; font-weight: 600; margin-inline-end: auto; }

.aims-head h3 { font-size: 14px; font-weight: 600; }
.aims .hint { color: var(--text-soft); }
.aims select, .aims-form select {
  font: inherit; color: inherit; min-height: 36px; min-width: 0; max-width: 100%; padding: 0 10px; background: var(--surface);
  border: 1px solid var(--line-strong); border-radius: 7px;
}
.aims-table { width: 100%; border-collapse: collapse; }
.aims-table th, .aims-table td { padding: 8px 6px; border-bottom: 1px solid var(--line); text-align: end; vertical-align: baseline; }
.aims-table th:first-child { text-align: start; overflow-wrap: anywhere; font-weight: 500; }
.aims-table thead th { color: var(--text-soft); font-size: 12px; font-weight: 500; }
.aims-table th small { display: block; font-weight: 400; }
.aims-table tr[data-chosen="true"] { background: var(--surface-sunken); }
.aims-change { display: block; color: var(--text-soft); font-size: 12px; }
.aims-change[data-mood="good"] { color: var(--good); }
.aims-change[data-mood="bad"] { color: var(--bad); }
.aims-form { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.aims-step { display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); padding: 10px 12px 12px; border: 1px solid var(--line); border-radius: 8px; }
.aims-step legend { padding: 0 4px; font-weight: 500; }
.aims-step .field:nth-of-type(n + 3), .aims-step .aims-wide { grid-column: 1 / -1; }
.aims-end { display: flex; flex-wrap: wrap; gap: 8px; }
.aims-pair { display: grid; grid-template-columns: 2fr 1fr; gap: 12px; align-items: start; }
.funnel { max-width: 760px; width: 100%; margin: 0 auto; }
.funnel-label { position: relative; display: flex; gap: 8px; align-items: baseline; justify-content: space-between; margin-bottom: 4px; }
.funnel-label b { font-weight: 600; overflow-wrap: anywhere; min-width: 0; }
.funnel-label span { white-space: nowrap; color: var(--text-soft); }
.funnel-bar { height: 38px; margin: 0 auto; min-width: 3px; border-radius: 6px; background: var(--fill); }
/* It goes on behind the name of the step that it leads to. */
.funnel-flow { position: relative; height: 88px; margin-bottom: -26px; }
.funnel-flow svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.funnel-flow path { fill: var(--bar); }
.funnel-flow p {
  position: absolute; inset-inline-start: 50%; top: 36%; transform: translate(-50%, -50%); padding: 2px 10px; border-radius: 99px;
  background: var(--surface); border: 1px solid var(--line); font-size: 12px; color: var(--text-soft); white-space: nowrap;
}
.funnel-flow p b { color: var(--bad); font-weight: 600; }
@media (max-width: 560px) { .aims-narrow { display: none; } .aims-step { grid-template-columns: minmax(0, 1fr); } }
`)
