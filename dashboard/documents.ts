/** The HTML documents of the dashboard, written once, at build. */
import { texts } from './page/texts.ts'

/** Addresses of what the build made. */
export type BundleFiles = {
  script: string
  /** What the script imports at once. */
  parts: string[]
  theme: string
  styles: string
  mark: string
}

/** The page itself: everything in it is drawn by the script. */
export function pageDocument(files: BundleFiles): string {
  // Named here, they come along with the script and not after it.
  const preload = files.parts.map((part) => `<link rel="modulepreload" href="${part}">\n`).join('')
  const script = `<script type="module" src="${files.script}"></script>`
  return document(files, texts.product, `${preload}<div id="app"></div>\n${script}`)
}

/** Sign-in needs no script. `problem` says why the last attempt failed. */
export function signInDocument(files: BundleFiles, problem?: string): string {
  const { title, lead, token, button } = texts.signIn
  const told = problem === undefined ? '' : `\n    <p class="sign-in-problem" role="alert">${problem}</p>`
  return document(
    files,
    `${title} · ${texts.product}`,
    `<main class="sign-in">
  <form class="card sign-in-card" method="post" action="/sign-in">
    <span class="brand"><img src="${files.mark}" alt="" width="26" height="26">${texts.product}</span>
    <h1>${title}</h1>
    <p>${lead}</p>${told}
    <label>${token} <input name="token" type="password" autocomplete="current-password" required autofocus></label>
    <button class="button button-primary" type="submit">${button}</button>
  </form>
</main>`,
  )
}

function document(files: BundleFiles, title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
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
