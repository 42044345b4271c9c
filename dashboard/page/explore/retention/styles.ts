import { stylesOnce } from '../styles-once.ts'

export const addStyles = stylesOnce(`
.retention { padding: 16px; display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.retention h2 { font-size: 15px; font-weight: 600; }
.retention .hint { color: var(--text-soft); max-width: 80ch; }
.retention-scroll { overflow-x: auto; border-radius: 8px; }
.retention table { border-collapse: separate; border-spacing: 2px; font-variant-numeric: tabular-nums; }
.retention th, .retention td { padding: 7px 8px; text-align: end; font-weight: 400; white-space: nowrap; min-width: 3.6em; }
.retention td { border-radius: 4px; }
.retention thead th { color: var(--text-soft); font-size: 12px; font-weight: 500; padding-block: 2px; vertical-align: bottom; }
.retention thead th[scope="colgroup"] { text-align: start; }
.retention tr:first-child th:first-child, .retention th[scope="row"] { text-align: start; font-weight: 500; }
.retention th[scope="row"] { position: sticky; left: 0; background: var(--surface); }
.retention th small { display: block; color: var(--text-soft); font-weight: 400; white-space: normal; max-width: 16em; }
.retention tr[data-first="true"]:not(:first-child) > * { border-top: 2px solid var(--line-strong); }
.retention tfoot th, .retention tfoot td { font-weight: 500; border-top: 1px solid var(--line); }
@media (max-width: 600px) { .retention th, .retention td { padding-inline: 5px; } .retention tbody th:first-child { white-space: normal; } }
`)
