/** The window of filters: one more by any dimension, and the segments of the site. */
import type { SiteAnswer } from '../../answers.ts'
import type { Condition } from '../../query/conditions.ts'
import { Modal } from '../modal.tsx'
import type { Query } from '../state/client.ts'
import type { Navigate } from '../state/view.ts'
import { NewFilter } from './new-filter.tsx'
import { Segments } from './segments.tsx'
import { filterTexts } from './texts.ts'
import type { SiteSegments } from './use-segments.ts'

export type FilterDialogProps = {
  site: SiteAnswer
  query: Query
  filters: readonly Condition[]
  segments: SiteSegments
  navigate: Navigate
  onClose: () => void
}

export function FilterDialog({ site, query, filters, segments, navigate, onClose }: FilterDialogProps) {
  return (
    <Modal title={filterTexts.title} onClose={onClose}>
      {(close) => (
        <div class="modal-body">
          <NewFilter
            site={site.site}
            query={query}
            filters={filters}
            onAdd={(added) => {
              close()
              navigate.to({ filters: added, interval: undefined })
            }}
          />
          <Segments site={site} filters={filters} segments={segments} navigate={navigate} close={close} />
        </div>
      )}
    </Modal>
  )
}
