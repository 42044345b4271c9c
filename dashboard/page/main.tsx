import { render } from 'preact'
import { App } from './app.tsx'
import { language } from './language.ts'

document.documentElement.lang = language

const root = document.getElementById('app')
if (root) render(<App />, root)
