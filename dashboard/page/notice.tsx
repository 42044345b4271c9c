import { texts } from './texts.ts'

/** Something is wrong: what, and what can be done. */
export function Notice({ text, onRetry }: { text: string; onRetry?: () => void }) {
  return (
    <div class="notice" role="alert">
      <span>{text}</span>
      {onRetry && (
        <button type="button" class="link-button" onClick={onRetry}>
          {texts.retry}
        </button>
      )}
    </div>
  )
}
