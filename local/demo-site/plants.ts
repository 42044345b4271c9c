/** What the nursery sells. */
export type Plant = {
  slug: string
  name: string
  latin: string
  price: string
  pot: string
  height: string
  light: string
  /** Which of the drawings in `art.ts` shows it, and its hue. */
  art: 'frond' | 'sword' | 'round' | 'palm' | 'spire' | 'star'
  hue: number
  /** What the list can be narrowed to. */
  kinds: readonly ('fern' | 'dry')[]
  line: string
  text: string
}

export const plants: readonly Plant[] = [
  {
    slug: 'soft-shield-fern',
    name: 'Soft shield fern',
    latin: 'Polystichum setiferum',
    price: '12.50',
    pot: '2 litre',
    height: '60 cm',
    light: 'Part to full shade',
    art: 'frond',
    hue: 132,
    kinds: ['fern', 'dry'],
    line: 'Evergreen, unfussy, and good in dry shade once it has settled.',
    text: 'The one we plant first. Fronds as soft as they look, held well into winter, and new croziers in April that are worth kneeling down for. Give it leaf mould in its first autumn and then leave it alone.',
  },
  {
    slug: 'harts-tongue',
    name: "Hart's tongue",
    latin: 'Asplenium scolopendrium',
    price: '9.00',
    pot: '1 litre',
    height: '40 cm',
    light: 'Full shade',
    art: 'sword',
    hue: 96,
    kinds: ['fern'],
    line: 'Glossy straps that light up the foot of a wall.',
    text: 'A fern without feathers: broad, bright, undivided leaves that catch what light there is. It seeds itself into mortar and steps, and never where you would have put it, always better.',
  },
  {
    slug: 'wild-ginger',
    name: 'European wild ginger',
    latin: 'Asarum europaeum',
    price: '7.50',
    pot: '1 litre',
    height: '15 cm',
    light: 'Full shade',
    art: 'round',
    hue: 150,
    kinds: ['dry'],
    line: 'A slow carpet of polished leaves under trees.',
    text: 'Nothing grows under the beech, people tell us, and then they see ours. Slow for two years, then a carpet that weeds do not come through. Plant five to the square metre, and be patient.',
  },
  {
    slug: 'royal-fern',
    name: 'Royal fern',
    latin: 'Osmunda regalis',
    price: '18.00',
    pot: '3 litre',
    height: '150 cm',
    light: 'Part shade, damp',
    art: 'palm',
    hue: 78,
    kinds: ['fern'],
    line: 'The giant of the pond edge, copper in October.',
    text: 'Tall enough to stand behind. It wants damp feet and a few years, and gives back a fountain of fronds that turn from lime through copper to straw before they fall.',
  },
  {
    slug: 'white-foxglove',
    name: 'White foxglove',
    latin: 'Digitalis purpurea f. albiflora',
    price: '6.00',
    pot: '9 cm',
    height: '120 cm',
    light: 'Part shade',
    art: 'spire',
    hue: 60,
    kinds: [],
    line: 'Spires that glow at dusk, and sow themselves.',
    text: 'Plant it two years running and you have it for good. White ones show up at the back of a border at nine in the evening, when the bees have gone and the moths begin.',
  },
  {
    slug: 'barrenwort',
    name: 'Barrenwort',
    latin: 'Epimedium × versicolor ‘Sulphureum’',
    price: '11.00',
    pot: '2 litre',
    height: '30 cm',
    light: 'Dry shade',
    art: 'star',
    hue: 42,
    kinds: ['dry'],
    line: 'Yellow stars in April, bronze leaves all winter.',
    text: 'The plant for the place where nothing does. Cut the old leaves in February so that the flowers, small pale stars on wires, have the stage to themselves.',
  },
]
