/** The path of a child. */
export function under(path: string, name: string): string {
  return path === '/' ? `/${name}` : `${path}/${name}`
}

/** The path a node lies under; empty for the root of all. */
export function parentOf(path: string): string {
  if (path === '/') return ''
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
