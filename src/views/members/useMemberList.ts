/** 職員 found by words, unit, role and state; the last three stand in the address. */
import { computed, shallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { queryKeys } from '../../domain/search.ts'
import { useMembers } from '../../stores/members.ts'
import { useUnits } from '../../stores/units.ts'
import { membersText } from '../../text/members.ts'
import { roleText } from '../../text/roles.ts'

type Parameter = 'unit' | 'role' | 'state'

export function useMemberList() {
  const route = useRoute()
  const router = useRouter()
  const members = useMembers()
  const units = useUnits()

  const valueOf = (name: Parameter): string => {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }
  const parameter = (name: Parameter) =>
    computed({
      get: () => valueOf(name),
      set: (value) => void router.replace({ query: { ...route.query, [name]: value || undefined } }),
    })
  const query = shallowRef('')
  const [unit, role, state] = [parameter('unit'), parameter('role'), parameter('state')]

  const found = computed(() => {
    const keys = queryKeys(query.value)
    return members.items.filter(
      (member) =>
        (unit.value === '' || member.unit === unit.value) &&
        (role.value === '' || member.roles.some((own) => own === role.value)) &&
        (state.value === '' || member.active === (state.value === 'active')) &&
        keys.every((key) => member.search.includes(key)),
    )
  })

  return {
    query,
    unit,
    role,
    state,
    found,
    unitOptions: computed(() => [
      { value: '', label: membersText.allUnits },
      ...units.units.map(({ id, shortName }) => ({ value: id, label: shortName })),
    ]),
    roleOptions: [
      { value: '', label: membersText.allRoles },
      ...Object.entries(roleText).map(([value, label]) => ({ value, label })),
    ],
    stateOptions: [
      { value: '', label: membersText.allStates },
      { value: 'active', label: membersText.active },
      { value: 'disabled', label: membersText.disabled },
    ],
  }
}
