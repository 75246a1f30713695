import type { Input } from "#guard/model/state.ts";
import { onItDone } from "#http/links/on-it-pages.ts";
import { onItStandingOf } from "#http/links/standing.ts";
import type { AccountGuardDeps } from "#outside/account/deps.ts";
import type { Standing } from "#outside/account/look-deps.ts";
import { askedHere, over } from "./asked.ts";
import type { Wish } from "./wish.ts";

/** What people here are on, to be taken in, and the wish as it stands then: it is over once that was. */
export async function holdAsked(
  deps: AccountGuardDeps,
  standing: Standing,
): Promise<readonly { readonly input: Input; readonly wish: Wish }[]> {
  const atMs = deps.clock.nowMs();
  return askedHere(deps, standing, await deps.kept.read()).flatMap(({ wish, link }) => {
    if (link.action !== "on-it") return [];
    const { topic, madeAtMs: saidAtMs } = link;
    const found = onItStandingOf(link, standing.state, atMs);
    const its =
      found.kind === "over" ? over(wish, found.because) : over(wish, onItDone, { isDone: true });
    return [{ input: { kind: "on-it", atMs, topic, saidAtMs }, wish: its }];
  });
}
