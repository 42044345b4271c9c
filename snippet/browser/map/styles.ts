/** As a constructed sheet: a policy that forbids inline styles has nothing against it (https://www.w3.org/TR/cssom-1/). */
const css = `
:host {
  all: initial !important;
  position: fixed !important; inset: 0 !important;
  width: auto !important; height: auto !important; max-width: none !important; max-height: none !important;
  margin: 0 !important; border: 0 !important; padding: 0 !important; overflow: hidden !important;
  background: none !important; pointer-events: none !important; z-index: 2147483647 !important; display: block !important;
  --ground: #ffffff; --ink: #16181d; --soft: #5a6070; --line: #d9dce3; --chosen: #eceef3; --accent: #4338ca;
  --rage: #b4232c; --dead: #8a5300; color-scheme: light;
  font: 13px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif !important;
}
@media (prefers-color-scheme: dark) {
  :host {
    --ground: #16181d; --ink: #f1f3f7; --soft: #a9b0bf; --line: #363b47; --chosen: #2a2e38; --accent: #a5a8ff;
    --rage: #ff9a9f; --dead: #f3bd62; color-scheme: dark;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.scrim { position: absolute; inset: 0; background: rgb(10 12 20 / .55); }
canvas.heat { position: absolute; inset: 0; width: 100%; height: 100%; }
.badge {
  position: absolute; left: 0; top: 0; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
  display: grid; place-items: center; background: #4338ca; color: #fff; border: 1.5px solid #fff;
  font-weight: 650; font-size: 12px; font-variant-numeric: tabular-nums; box-shadow: 0 1px 4px rgb(0 0 0 / .45); white-space: nowrap;
}
.badge[data-mode=rage] { background: #b4232c; }
.badge[data-mode=dead] { background: #8a5300; }
.ring {
  position: absolute; left: 0; top: 0; border: 2px solid #fff; outline: 3px solid #4338ca; border-radius: 6px;
  background: rgb(67 56 202 / .18);
}
.band { position: absolute; left: 0; right: 0; top: 0; border-top: 2px dashed #fff; filter: drop-shadow(0 0 1px #000); }
.band span {
  position: absolute; left: 8px; bottom: 4px; padding: 1px 7px; border-radius: 9px; background: #16181d; color: #fff;
  font-size: 12px; font-variant-numeric: tabular-nums;
}
.panel {
  position: absolute; right: 16px; top: 16px; width: 320px; max-width: calc(100% - 32px); max-height: calc(100% - 32px);
  display: flex; flex-direction: column; pointer-events: auto; overflow: hidden;
  background: var(--ground); color: var(--ink); border: 1px solid var(--line); border-radius: 14px;
  box-shadow: 0 8px 30px rgb(0 0 0 / .35);
}
.panel:focus { outline: none; }
.head { display: flex; align-items: center; gap: 4px; padding: 10px 8px 6px 16px; }
h2 { font-size: 15px; font-weight: 650; margin: 0; flex: 1; }
.body { padding: 0 16px 16px; overflow-y: auto; overscroll-behavior: contain; }
p { margin: 0 0 10px; color: var(--soft); overflow-wrap: anywhere; }
p[role=alert] { color: var(--ink); }
strong { color: var(--ink); font-weight: 600; }
fieldset { border: 0; margin: 0 0 10px; padding: 0; min-width: 0; }
legend { padding: 0; color: var(--soft); font-size: 12px; margin-bottom: 3px; }
.segments { display: flex; flex-wrap: wrap; gap: 4px; }
label { position: relative; cursor: pointer; }
.segments input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.segments span { display: block; padding: 4px 9px; border: 1px solid var(--line); border-radius: 8px; }
.segments small { color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.segments input:checked + span { background: var(--chosen); border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.layers { display: flex; flex-wrap: wrap; gap: 4px 14px; }
.layers label { display: flex; gap: 6px; align-items: center; min-height: 24px; }
.layers input { accent-color: var(--accent); margin: 0; }
:focus-visible, .segments input:focus-visible + span { outline: 2px solid var(--accent); outline-offset: 2px; }
button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; border-radius: 8px; }
.head button { width: 32px; height: 32px; display: grid; place-items: center; }
button:hover { background: var(--chosen); }
svg { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.scale { display: block; width: 100%; height: 10px; border-radius: 5px; }
.ticks { display: flex; justify-content: space-between; font-size: 12px; color: var(--soft); font-variant-numeric: tabular-nums; }
summary { cursor: pointer; padding: 4px 0; font-weight: 600; border-radius: 6px; }
ol { list-style: none; margin: 0 0 6px; padding: 0; }
li button, li > div { display: grid; grid-template-columns: 3.6em 1fr; gap: 0 8px; width: 100%; padding: 4px 6px; text-align: left; }
li b { text-align: right; font-variant-numeric: tabular-nums; font-weight: 650; }
li span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
li code { grid-column: 2; font: 11px/1.4 ui-monospace, Consolas, monospace; color: var(--soft); overflow-wrap: anywhere; }
[data-mode=rage] li b { color: var(--rage); }
[data-mode=dead] li b { color: var(--dead); }
@media (max-width: 599px) {
  .panel { left: 8px; right: 8px; top: auto; bottom: 8px; width: auto; max-width: none; max-height: 55%; }
}
@media (forced-colors: active) { .panel, .badge { border: 1px solid CanvasText; } }
`

export function createSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  return sheet
}
