/** The look of the report: the system's fonts, light or dark as the reader has it, and paper when it is printed. */
export const style = `
:root { color-scheme: light dark; --page: #f6f6f3; --card: #fff; --ink: #1d2125; --faint: #676d75; --line: #e4e4df;
  --blue: #2f6fde; --green: #2d9a63; --orange: #d97a1f; --red: #cf3e3e; --purple: #8156d6; }
@media (prefers-color-scheme: dark) { :root { --page: #14171a; --card: #1c2024; --ink: #e8eaec; --faint: #9aa1a9;
  --line: #30363c; --blue: #6aa1ff; --green: #4fc487; --orange: #f0a04b; --red: #f2706b; --purple: #b08cf5; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif;
  max-width: 1180px; margin: 0 auto; padding: 32px 24px 48px; font-variant-numeric: tabular-nums; }
header { margin-bottom: 24px; }
h1 { font-size: 26px; line-height: 1.25; letter-spacing: -0.01em; }
header p { color: var(--faint); }
h2 { font-size: 16px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px; margin-bottom: 12px; }
.tile, figure, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 14px 16px; }
.tile b { display: block; font-size: 24px; line-height: 1.3; letter-spacing: -0.01em; font-weight: 620; }
.tile span { color: var(--faint); font-size: 13px; }
.tile.bad b { color: var(--red); }
.grid2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 12px; }
figure, section { padding: 16px 18px 10px; min-width: 0; }
section { padding-bottom: 16px; }
.grid2 + .grid2 { margin-top: 12px; }
figcaption { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px; margin-bottom: 8px; }
.unit { color: var(--faint); font-size: 13px; }
figcaption ul { list-style: none; padding: 0; margin-left: auto; display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; }
figcaption i { display: inline-block; width: 14px; height: 0; border-top: 3px solid var(--tone); margin-right: 6px; vertical-align: 4px; }
figcaption i.dashed { border-top-style: dashed; border-top-width: 2px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--faint); font-size: 12px; }
svg text.strong { fill: var(--ink); font-weight: 600; }
.blue { --tone: var(--blue); } .green { --tone: var(--green); } .orange { --tone: var(--orange); }
.red { --tone: var(--red); } .purple { --tone: var(--purple); } .ink { --tone: var(--ink); }
.grid { stroke: var(--line); } .axis { stroke: var(--faint); }
.line { fill: none; stroke: var(--tone); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line.dashed { stroke-width: 1.5; stroke-dasharray: 5 4; }
.area { fill: var(--tone); opacity: 0.14; } .bar { fill: var(--tone); }
.marker { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; }
.hover { fill: var(--ink); fill-opacity: 0; } .hover:hover { fill-opacity: 0.07; }
table { border-collapse: collapse; width: 100%; margin-top: 8px; }
th, td { text-align: left; padding: 5px 24px 5px 0; border-top: 1px solid var(--line); font-weight: 400; vertical-align: top; }
tr:first-child th, tr:first-child td { border-top: 0; }
th { color: var(--faint); width: 1%; white-space: nowrap; }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
@media print { body { padding: 0; max-width: none; } figure, section, .tile { break-inside: avoid; } }
`
