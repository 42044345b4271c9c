/** The attributes of our own script element. Where there is none (a module has none), the script ends here. */
const {
  dataset: { site, endpoint: origin },
  src,
} = document.currentScript as HTMLScriptElement

const endpoint = new URL('/v1/events', origin || src)

export { endpoint, site }
