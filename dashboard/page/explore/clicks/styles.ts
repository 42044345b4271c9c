import { stylesOnce } from '../styles-once.ts'

export const addStyles = stylesOnce(`
.clickmap { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 16px; align-items: start; }
.clickmap-bar { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 12px 20px; align-items: end; padding: 14px 16px; }
.clickmap-bar fieldset { min-width: 0; max-width: 100%; }
.clickmap-bar legend, .clickmap-bar .clickmap-name, .clickmap-live .clickmap-name {
  display: block; padding: 0; margin-bottom: 4px; color: var(--text-soft); font-size: 12px;
}
.clickmap-bar select, .clickmap-live input {
  font: inherit; color: inherit; width: 100%; height: 32px; padding: 0 10px; background: var(--surface);
  border: 1px solid var(--line-strong, var(--line)); border-radius: var(--radius-small);
}
.clickmap-bar label.clickmap-page { flex: 1 1 220px; min-width: 0; }
.clickmap-bar .segments { flex-wrap: wrap; }
.clickmap-bar .segment small { color: inherit; }
.clickmap-bar .segment span { white-space: nowrap; }
.clickmap-picture { padding: 12px; min-width: 0; }
.clickmap-scroll { max-height: 70vh; overflow: auto; border-radius: var(--radius-small); background: #12141c; }
.clickmap-scroll canvas {
  display: block; width: 100%; margin: 0 auto; background-color: #12141c; box-shadow: 0 0 0 1px #2a3042;
  background-image: linear-gradient(#1d2130 1px, transparent 1px), linear-gradient(90deg, #1d2130 1px, transparent 1px);
  background-size: 10% 64px;
}
.clickmap-scale { height: 10px; border-radius: 5px; margin-top: 10px; }
.clickmap-ticks { display: flex; justify-content: space-between; font-size: 12px; color: var(--text-soft); }
.clickmap-note { margin-top: 8px; color: var(--text-soft); font-size: 13px; }
.clickmap-side { display: grid; gap: 16px; min-width: 0; }
.clickmap-side > section { padding: 14px 16px; min-width: 0; }
.clickmap-side h2 { font-size: 14px; font-weight: 600; margin-bottom: 8px; }
.clickmap-side ol { max-height: 420px; overflow-y: auto; }
.clickmap-live { display: grid; gap: 10px; }
.clickmap-live p { color: var(--text-soft); font-size: 13px; }
@media (max-width: 800px) { .clickmap { grid-template-columns: minmax(0, 1fr); } .clickmap-scroll { max-height: 60vh; } }
`)
