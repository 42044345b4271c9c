/**
 * User agents as browsers send them: real formats, real version ranges. The endpoint tells visitors apart by address
 * and user agent, and here all share an address, so variety counts: apps that embed a browser name device and build,
 * and alone give tens of thousands of different texts.
 */
import { between, pick, type Random } from './random.ts'

export type Browser = { userAgent: string; device: 'desktop' | 'mobile' | 'tablet'; vw: number; vh: number }

const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const blink = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const windows = 'Windows NT 10.0; Win64; x64'
const mac = 'Macintosh; Intel Mac OS X 10_15_7'
const linux = 'X11; Linux x86_64'

const androidPhones = [
  ['SM-S918B', 'UP1A.231005.007'],
  ['SM-S921B', 'UP1A.231005.007'],
  ['SM-A546B', 'TP1A.220624.014'],
  ['SM-A155F', 'UP1A.231005.007'],
  ['SM-G991B', 'TP1A.220624.014'],
  ['Pixel 7', 'UQ1A.240205.004'],
  ['Pixel 8 Pro', 'AP1A.240505.005'],
  ['Redmi Note 12', 'TKQ1.221114.001'],
  ['2201117TY', 'TKQ1.221114.001'],
  ['moto g84 5G', 'U1TCS34M.21-77-3'],
  ['CPH2581', 'UKQ1.230924.001'],
] as const
const androidTablets = ['SM-X710', 'SM-X906C', 'SM-T870', 'Lenovo TB-X606F', 'Pixel Tablet'] as const
const iPhones = ['iPhone13,2', 'iPhone14,5', 'iPhone14,7', 'iPhone15,3', 'iPhone16,1', 'iPhone16,2'] as const

/** Chrome names its major version alone since 101 ("User-Agent Reduction"); Chrome on iOS and web views all of it. */
const chromeMajor = (random: Random) => between(random, 118, 139)
const chromeBuild = (random: Random) =>
  `${chromeMajor(random)}.0.${between(random, 5993, 7258)}.${between(random, 40, 210)}`
const iosVersion = (random: Random) => [between(random, 15, 18), between(random, 0, 6), between(random, 1, 2)]

type Kind = { weight: number; device: Browser['device']; userAgent: (random: Random) => string }

const kinds: [Kind, ...Kind[]] = [
  { weight: 20, device: 'desktop', userAgent: (random) => chrome(windows, chromeMajor(random)) },
  { weight: 8, device: 'desktop', userAgent: (random) => chrome(mac, chromeMajor(random)) },
  { weight: 2, device: 'desktop', userAgent: (random) => chrome(linux, chromeMajor(random)) },
  { weight: 7, device: 'desktop', userAgent: edge },
  {
    weight: 6,
    device: 'desktop',
    userAgent: (random) => {
      const version = between(random, 115, 141)
      return `Mozilla/5.0 (${pick(random, [windows, linux])}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`
    },
  },
  {
    weight: 6,
    device: 'desktop',
    userAgent: (random) =>
      `Mozilla/5.0 (${mac}) ${webKit} Version/${between(random, 16, 18)}.${between(random, 0, 6)} Safari/605.1.15`,
  },
  { weight: 14, device: 'mobile', userAgent: (random) => appleSafari('iPhone; CPU iPhone OS', random) },
  {
    weight: 14,
    device: 'mobile',
    userAgent: (random) =>
      `Mozilla/5.0 (Linux; Android 10; K) ${blink} Chrome/${chromeMajor(random)}.0.0.0 Mobile Safari/537.36`,
  },
  { weight: 5, device: 'mobile', userAgent: samsungInternet },
  { weight: 7, device: 'mobile', userAgent: androidWebView },
  { weight: 6, device: 'mobile', userAgent: instagram },
  { weight: 3, device: 'tablet', userAgent: (random) => appleSafari('iPad; CPU OS', random) },
  {
    weight: 2,
    device: 'tablet',
    userAgent: (random) =>
      `Mozilla/5.0 (Linux; Android ${between(random, 11, 14)}; ${pick(random, androidTablets)}) ${blink} Chrome/${chromeBuild(random)} Safari/537.36`,
  },
]
const totalWeight = kinds.reduce((sum, kind) => sum + kind.weight, 0)

const viewports = {
  desktop: [
    [1920, 953],
    [1536, 730],
    [1440, 789],
    [2560, 1305],
    [1366, 633],
  ],
  mobile: [
    [390, 664],
    [393, 726],
    [412, 785],
    [360, 668],
    [430, 740],
  ],
  tablet: [
    [820, 1106],
    [768, 954],
    [800, 1208],
  ],
} as const

export function drawBrowser(random: Random): Browser {
  const kind = drawKind(random)
  const [vw, vh] = pick(random, viewports[kind.device])
  return { userAgent: kind.userAgent(random), device: kind.device, vw, vh }
}

function drawKind(random: Random): Kind {
  let left = random() * totalWeight
  for (const kind of kinds) {
    left -= kind.weight
    if (left < 0) return kind
  }
  return kinds[0]
}

function chrome(platform: string, major: number): string {
  return `Mozilla/5.0 (${platform}) ${blink} Chrome/${major}.0.0.0 Safari/537.36`
}

function edge(random: Random): string {
  const major = chromeMajor(random)
  return `${chrome(windows, major)} Edg/${major}.0.0.0`
}

function appleSafari(device: string, random: Random): string {
  const [major, minor, patch] = iosVersion(random)
  return `Mozilla/5.0 (${device} ${major}_${minor}_${patch} like Mac OS X) ${webKit} Version/${major}.${minor} Mobile/15E148 Safari/604.1`
}

function samsungInternet(random: Random): string {
  const [model] = pick(random, androidPhones)
  return `Mozilla/5.0 (Linux; Android ${between(random, 12, 14)}; SAMSUNG ${model}) ${blink} SamsungBrowser/${between(random, 22, 26)}.0 Chrome/${between(random, 111, 122)}.0.0.0 Mobile Safari/537.36`
}

function androidWebView(random: Random): string {
  const [model, build] = pick(random, androidPhones)
  return `Mozilla/5.0 (Linux; Android ${between(random, 12, 14)}; ${model} Build/${build}; wv) ${blink} Version/4.0 Chrome/${chromeBuild(random)} Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/${between(random, 440, 480)}.0.0.${between(random, 20, 60)}.${between(random, 60, 120)};]`
}

function instagram(random: Random): string {
  const [major, minor, patch] = iosVersion(random)
  const system = `${major}_${minor}_${patch}`
  return `Mozilla/5.0 (iPhone; CPU iPhone OS ${system} like Mac OS X) ${webKit} Mobile/15E148 Instagram ${between(random, 300, 340)}.0.0.${between(random, 20, 60)}.${between(random, 60, 120)} (${pick(random, iPhones)}; iOS ${system}; en_US; en; scale=3.00; 1170x2532; ${between(random, 560_000_000, 620_000_000)})`
}
