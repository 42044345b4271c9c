/**
 * The world as tiles: one square a country, of equal size, near its neighbours rather than where it lies. On a map to
 * scale most countries that visitors come from would be specks. Codes of ISO 3166-1.
 */
const rows = [
  '.. .. .. .. .. .. GL .. .. IS .. .. NO SE FI .. .. .. .. .. .. .. .. .. .. .. ..',
  'CA .. .. .. .. .. .. .. .. .. .. .. DK .. EE LV LT .. RU .. .. .. .. .. .. .. ..',
  'US .. .. .. .. .. .. .. IE GB .. NL DE PL BY UA .. .. KZ .. .. MN .. .. .. .. ..',
  'MX .. .. .. .. .. .. .. .. .. BE LU CZ SK MD .. GE AZ UZ KG TJ CN KP .. JP .. ..',
  'GT BZ .. BS CU .. .. .. .. FR CH LI AT HU RO .. AM IR TM AF NP BT KR .. .. .. ..',
  'SV HN .. JM HT DO PR .. PT ES AD MC SI HR RS BG TR IQ PK IN BD MM LA HK TW .. ..',
  '.. NI .. .. .. KN AG DM .. .. .. SM IT BA XK MK SY JO KW .. LK TH VN MO PH .. ..',
  '.. CR PA .. .. LC VC BB .. .. .. VA MT ME AL GR LB IL SA BH QA .. KH MY BN .. ..',
  '.. .. CO VE GY GD TT .. .. MA DZ TN LY EG .. .. CY PS YE OM AE MV .. SG ID TL ..',
  '.. .. EC PE BR SR GF .. MR ML NE TD SD ER .. .. .. .. .. .. .. .. .. .. .. .. ..',
  '.. .. .. BO PY .. .. CV SN BF NG CM CF SS ET DJ .. .. .. .. .. .. .. .. PG PW FM',
  '.. .. .. CL AR UY .. GM GN GH TG BJ GQ CD UG KE SO .. .. .. .. .. .. .. SB MH KI',
  '.. .. .. .. .. .. .. GW SL LR CI ST GA CG RW BI TZ .. .. .. .. .. .. AU VU NR TV',
  '.. .. .. .. .. .. .. .. .. .. .. .. AO ZM MW MZ KM SC .. .. .. .. .. .. NC FJ WS',
  '.. .. .. .. .. .. .. .. .. .. .. .. NA BW ZW MG MU RE .. .. .. .. .. NZ .. PF TO',
  '.. .. .. .. .. .. .. .. .. .. .. .. .. ZA SZ LS .. .. .. .. .. .. .. .. .. .. ..',
]

export type Tile = { country: string; column: number; row: number }

export const tiles: readonly Tile[] = rows.flatMap((text, row) =>
  text.split(' ').flatMap((country, column) => (country === '..' ? [] : [{ country, column, row }])),
)
export const tileColumns = 27
export const tileRows = rows.length
