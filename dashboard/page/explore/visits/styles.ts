import { stylesOnce } from '../styles-once.ts'

export const addStyles = stylesOnce(`
.visits { padding: 16px; display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.visits .hint { color: var(--text-soft); }
.visits-list { list-style: none; padding: 0; }
.visits-list > li { border-bottom: 1px solid var(--line); }
.visits-list > li > a {
  display: grid; grid-template-columns: minmax(0, 1fr); gap: 2px 16px; padding: 10px 8px; color: inherit; text-decoration: none; border-radius: 7px;
}
.visits-list > li > a:hover { background: var(--surface-sunken); }
.visits-list > li > a[aria-expanded="true"] { background: var(--surface-sunken); }
.visits-when { font-weight: 500; }
.visits-when small, .visits-what { color: var(--text-soft); font-size: 13px; font-weight: 400; }
.visits-way { overflow-wrap: anywhere; }
@media (min-width: 800px) {
  .visits-list > li > a { grid-template-columns: 11em minmax(0, 1fr) 22em; align-items: baseline; }
}
.visits-steps { list-style: none; padding: 4px 8px 14px 20px; }
.visits-steps li {
  display: grid; grid-template-columns: 5.5em minmax(0, 1fr); gap: 0 12px; padding: 5px 0 5px 14px; border-inline-start: 2px solid var(--line-strong);
}
.visits-steps time { font-variant-numeric: tabular-nums; }
.visits-steps time small { display: block; color: var(--text-soft); }
.visits-steps div { overflow-wrap: anywhere; }
.visits-steps small { color: var(--text-soft); font-size: 13px; }
.visits-steps li[data-what="error"] strong { color: var(--bad); }
.visits-foot { display: flex; flex-wrap: wrap; gap: 8px; }
`)
