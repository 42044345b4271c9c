/** The shapes of clickmap-answers.ts as JSON schema. */
import { screenNames } from '../../consumers/aggregator/shapes/screens.ts'
import { filters, generation, limit, noOthers, period } from './query-schemas.ts'
import { count, list, object, scrollSchema, text, time } from './schemas.ts'

const reports = list(object({ selector: text('Of the element'), events: count('Reports') }))

export const clickmapSchema = object({
  site: text('The site'),
  page: text('The page, as breakdowns by page have it'),
  from: time('Start of the period'),
  to: time('End of the period, not included'),
  clicks: count('Clicks on the page, with or without a place'),
  elements: list(
    object({
      selector: text('Finds the element on the page, through shadow trees'),
      text: text('Words on it; empty: none, or masked'),
      clicks: count('Clicks'),
    }),
  ),
  total: count('Elements that were clicked, of which these are the first'),
  rage: reports,
  dead: reports,
  grid: object({
    columns: count('Columns over the width of the document'),
    rowPixels: count('Height of a row, CSS pixels'),
    from: time('Start of the days that places are of: they are counted by the UTC day, under filters by the hour'),
    to: time('End of these days, not included'),
    screens: list(
      object({
        screen: { type: 'string', enum: screenNames, description: 'Class of viewports by width' },
        below: { type: ['integer', 'null'], description: 'Widths below this, CSS pixels; null: any' },
        clicks: count('Clicks that have a place'),
        squares: {
          type: 'array',
          description: 'Column, row, clicks; the most first',
          items: { type: 'array', items: { type: 'integer' }, minItems: 3, maxItems: 3 },
        },
      }),
    ),
  }),
  scroll: scrollSchema,
})

export const clickmapQuery = {
  type: 'object',
  ...noOthers,
  required: ['page'],
  properties: {
    page: {
      type: 'string',
      minLength: 1,
      maxLength: 2048,
      description: 'The page, as breakdowns by page have it, such as `/pricing`',
    },
    ...period,
    screen: { type: 'string', enum: screenNames, description: 'Places of this class of viewports alone' },
    ...limit(500),
    ...generation,
    ...filters,
  },
}

export const clickmapLinkBody = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: { type: 'string', maxLength: 2048, description: 'Address of the page, at one of the origins of the site' },
  },
}
export const clickmapLinkSchema = object({
  url: text('The address with a token in its fragment: whoever opens it sees these figures on the page'),
  expiresAt: time('Until when it can be opened'),
})
