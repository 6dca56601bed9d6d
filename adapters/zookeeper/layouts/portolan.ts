import { instance, metadataOf, registered } from '../../../src/plugin/index.ts'
import { type Fields, isFields } from './content.ts'
import { versioned } from './facts.ts'
import type { Layout } from './layout.ts'
import { quoted } from './say.ts'

const OWN = ['weight', 'scheme', 'zone', 'status', 'metadata']

/**
 * `/services/<service>/<ip:port>` = `{"weight":2,"scheme":"https","zone":"eu-1a","status":"UP","metadata":{…}}`, all optional:
 * what `portolan register` writes, and readers of plain names can read. Fields of its own say what metadata says
 * elsewhere, so of the metadata keys only that of the version counts.
 */
export const portolan: Layout = {
  // Nothing but its own words: anybody may keep notes in JSON under a plain name.
  recognises: ({ json }) => isFields(json) && isOwn(Object.keys(json)),
  child(content, wanted) {
    const value = content.text === '' ? {} : content.fields
    assertTypes(value)
    const fields = registered(content.name, { ...value, metadata: metadataOf(value.metadata) })
    const metadata = versioned(fields.metadata ?? {}, wanted)
    return { instances: [instance({ ...fields, metadata, layout: 'portolan' })] }
  },
}

function isOwn(keys: readonly string[]): boolean {
  return keys.length > 0 && keys.every((key) => OWN.includes(key))
}

function assertTypes(value: Fields): void {
  const { weight } = value
  for (const name of ['scheme', 'zone', 'status'])
    if (value[name] !== undefined && typeof value[name] !== 'string')
      throw new Error(`${name} ${quoted(value[name])} is not a text`)
  if (weight !== undefined && typeof weight !== 'number') throw new Error(`weight ${quoted(weight)} is not a number`)
}
