/** The HTML documents of the dashboard, written once, at build. */
import type { Language } from './page/language.ts'
import { en } from './page/texts.ts'

/** Addresses of what the build made. */
export type BundleFiles = {
  script: string
  /** What the script imports at once. */
  parts: string[]
  theme: string
  styles: string
  mark: string
}

/** The page itself: everything in it is drawn by the script, which finds out the language. */
export function pageDocument(files: BundleFiles): string {
  // Named here, they come along with the script and not after it.
  const preload = files.parts.map((part) => `<link rel="modulepreload" href="${part}">\n`).join('')
  const script = `<script type="module" src="${files.script}"></script>`
  return document(files, 'en', en.product, `${preload}<div id="app"></div>\n${script}`)
}

/** A document around a form, which needs no script. `told` says what came of the last attempt. */
export function formDocument(
  files: BundleFiles,
  language: Language,
  { title, lead, fields }: FormWords,
  told?: string,
): string {
  const problem = told === undefined ? '' : `\n    <p class="sign-in-problem" role="alert">${told}</p>`
  return document(
    files,
    language,
    `${title} · ${en.product}`,
    `<main class="sign-in">
  <div class="card sign-in-card">
    <span class="brand"><img src="${files.mark}" alt="" width="26" height="26">${en.product}</span>
    <h1>${title}</h1>
    <p>${lead}</p>${problem}
${fields}
  </div>
</main>`,
  )
}

export type FormWords = { title: string; lead: string; fields: string }

function document(files: BundleFiles, language: Language, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${files.mark}" type="image/svg+xml">
<link rel="stylesheet" href="${files.styles}">
<script src="${files.theme}"></script>
</head>
<body>
${body}
</body>
</html>
`
}
