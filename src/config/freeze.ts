/**
 * Freezes plain objects, arrays and Maps, all the way down. Instances of other classes belong to whoever made them
 * and are left alone.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Map) return freezeMap(value)
  if (!Array.isArray(value) && !isPlain(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}

// The entries of a Map are not properties: freezing alone would leave `set` working.
function freezeMap<T extends Map<unknown, unknown>>(map: T): T {
  for (const verb of ['set', 'delete', 'clear'] as const)
    Object.defineProperty(map, verb, {
      value: () => {
        throw new TypeError('the configuration is frozen')
      },
    })
  Object.freeze(map)
  for (const inner of map.values()) deepFreeze(inner)
  return map
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
