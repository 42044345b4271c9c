/** Line icons on a 16-pixel grid; they take the colour of the text around them. */
import type { ComponentChildren } from 'preact'

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  )
}

export const ChevronIcon = () => (
  <Icon>
    <path d="M4.5 6.5 8 10l3.5-3.5" />
  </Icon>
)
export const BackIcon = () => (
  <Icon>
    <path d="M13 8H3.5M7 4.25 3.25 8 7 11.75" />
  </Icon>
)
export const CalendarIcon = () => (
  <Icon>
    <rect x="2.25" y="3.25" width="11.5" height="10.5" rx="2" />
    <path d="M2.5 6.75h11M5.25 1.75v3M10.75 1.75v3" />
  </Icon>
)
export const SettingsIcon = () => (
  <Icon>
    <path d="M2 4.75h7.25M12.75 4.75H14M2 11.25h1.25M6.75 11.25H14" />
    <circle cx="11" cy="4.75" r="1.75" />
    <circle cx="5" cy="11.25" r="1.75" />
  </Icon>
)
export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
)
export const SearchIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.25" />
    <path d="m10.25 10.25 3.25 3.25" />
  </Icon>
)
export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.5 3.25 3.25L13 4.75" />
  </Icon>
)
export const CopyIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.75" />
    <path d="M10.5 3.25a.75.75 0 0 0-.75-.75h-6A1.25 1.25 0 0 0 2.5 3.75v6c0 .41.34.75.75.75" />
  </Icon>
)
export const SilentIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.75" />
    <path d="M4 12 12 4" />
  </Icon>
)
export const ExploreIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.75" />
    <path d="m10.5 5.5-1.5 3.5-3.5 1.5L7 7z" />
  </Icon>
)
export const PipelineIcon = () => (
  <Icon>
    <path d="M2 8h4.5M6.5 8c2.5 0 2-4.5 4.5-4.5h3M6.5 8H14M6.5 8c2.5 0 2 4.5 4.5 4.5h3" />
  </Icon>
)
export const ReplayIcon = () => (
  <Icon>
    <path d="M2.75 8a5.25 5.25 0 1 0 1.9-4.05L2.75 5.5M2.75 2.25V5.5H6M8 5.25V8l1.75 1.25" />
  </Icon>
)
export const WaitingIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.75" />
    <path d="M8 4.75V8l2 1.5" />
  </Icon>
)
export const RunningIcon = () => (
  <Icon>
    <path d="M5 3.25v9.5L12.5 8z" />
  </Icon>
)
export const AlertIcon = () => (
  <Icon>
    <path d="M8 2.25 14.25 13.25H1.75z" />
    <path d="M8 6.5v3M8 11.4v.1" />
  </Icon>
)
