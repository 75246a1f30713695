/** `p1 (trainer), p2 (sdxl) and 3 more`: names enough for a notice, however many pods there are. */
export function listedPods(
  pods: readonly { readonly podId: string; readonly name: string }[],
): string {
  const named = pods.slice(0, 5).map(({ podId, name }) => `${podId} (${name})`);
  return pods.length > 5 ? `${named.join(", ")} and ${pods.length - 5} more` : named.join(", ");
}
