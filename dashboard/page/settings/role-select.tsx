import type { TokenRole } from '../../answers.ts'
import { settingsTexts } from './texts.ts'

type RoleSelectProps<R extends TokenRole> = {
  id?: string
  label?: string
  roles: readonly R[]
  value: R
  disabled?: boolean
  onChange: (role: R) => void
}

const roleNames: Record<TokenRole, string> = settingsTexts.roles
const roleHints: Record<TokenRole, string> = settingsTexts.roleHints

export function RoleSelect<R extends TokenRole>({ id, label, roles, value, disabled, onChange }: RoleSelectProps<R>) {
  return (
    <select
      id={id}
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={({ currentTarget }) => {
        const role = roles.find((each) => each === currentTarget.value)
        if (role !== undefined) onChange(role)
      }}
    >
      {roles.map((role) => (
        <option key={role} value={role} title={roleHints[role]}>
          {roleNames[role]}
        </option>
      ))}
    </select>
  )
}
