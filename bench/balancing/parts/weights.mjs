export async function weights() {
  return {}
}
