import { tools } from './tools.ts'

/**
 * JSON with what the endpoint takes (stream/validate.ts): a text that is too long, or a `null`, would cost the whole
 * event. What is empty is left out.
 */
export const toJson = (value: unknown): string =>
  tools.stringify_(value, (_key, field, none?: undefined) =>
    field?.slice ? field.slice(0, 512) || none : (field ?? none),
  )
