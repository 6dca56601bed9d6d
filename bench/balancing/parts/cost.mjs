export async function cost() {
  return {}
}
