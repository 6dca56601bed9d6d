export async function ejection() {
  return {}
}
