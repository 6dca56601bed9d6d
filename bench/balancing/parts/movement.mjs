export async function movement() {
  return {}
}
