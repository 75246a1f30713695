import type { PodLink } from "./link.ts";
import { linkKeyOf, sealed } from "./seal.ts";

/** A button that does nothing but show that it leads to the page of this guard. */
export function testButton(
  publicUrl: string,
  httpToken: string,
  nowMs: number,
): { readonly label: string; readonly url: string } {
  const link: PodLink = {
    action: "touch",
    podId: "-",
    run: "-",
    about: { kind: "test" },
    madeAtMs: Math.round(nowMs),
  };
  const token = sealed(link, linkKeyOf(httpToken)) ?? "";
  return { label: "Try this button", url: `${publicUrl}/act/${token}` };
}
