/** RFC 3986 3.2.2 and a port, by its characters: what could end the authority or begin another part of a URL is not among them. */
export function isHost(host: string): boolean {
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i)
    const plain = (code >= 97 && code <= 122) || (code >= 45 && code <= 58 && code !== 47) || (code >= 65 && code <= 91)
    if (!plain && code !== 93 && code !== 95 && code !== 126) return false
  }
  return true
}
