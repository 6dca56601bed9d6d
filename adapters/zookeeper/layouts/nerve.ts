import { Content, says } from './content.ts'
import { made } from './facts.ts'
import type { Layout } from './layout.ts'
import { quoted } from './say.ts'

const ENCODED = /^base64_(\d{1,7})_/

/**
 * Airbnb's SmartStack, `nerve/reporter/base.rb`: `<zk_path>/<instance_id>_<seq>` =
 * `{"host":"10.0.0.5","port":3000,"name":"i-0abc","weight":2,"haproxy_server_options":"backup","labels":{"az":"us-east-1a"}}`; with
 * `use_path_encoding` that is in the name: `base64_<length>_<base64url>_<seq>`. The labels are the metadata.
 */
export const nerve: Layout = {
  recognises: ({ name, json }) => ENCODED.test(name) || (says(json, 'host') && says(json, 'port')),
  child(content, wanted) {
    const { host, port, weight, labels } = (ENCODED.test(content.name) ? decoded(content.name) : content).fields
    return made('nerve', { host, port, weight, metadata: labels }, wanted)
  },
}

/** The base64 has the separator in its alphabet: hence the length, of the text as it is written. */
function decoded(name: string): Content {
  const [prefix, length] = ENCODED.exec(name)!
  const written = name.slice(prefix.length, prefix.length + Number(length))
  if (!/^[\w-]+={0,2}$/.test(written) || written.length < Number(length))
    throw new Error(`the name ${quoted(name)} does not hold ${length} characters of base64`)
  return new Content('', Buffer.from(written, 'base64url'))
}
