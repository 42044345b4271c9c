/** What lists are called. */
import { texts } from '../texts.ts'
import type { ListDimension, ListName, PanelName } from './lists.ts'
import { texts as panelTexts } from './texts.ts'

type Words<Name extends string> = Partial<Record<Name, string>>

/** Each list stands in one of the two catalogues. */
const either = <Name extends string>(name: Name, ...catalogues: readonly Words<Name>[]): string =>
  catalogues.find((words) => words[name] !== undefined)?.[name] ?? name

export const panelText = (panel: PanelName): string => either<PanelName>(panel, panelTexts.panels, texts.panels)
export const listText = (list: ListName): string => either<ListName>(list, panelTexts.lists, texts.dimensions)
export const rowText = (list: ListDimension): string => either<ListDimension>(list, panelTexts.rows, texts.rows)
export const nothingText = (list: ListName): string => either<ListName>(list, panelTexts.nothing, texts.nothing)
