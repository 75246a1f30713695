import type { Input } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import type { AccountGuardDeps } from "#outside/account/deps.ts";
import { stateIn } from "#outside/account/kept-state.ts";
import { lookDepsFor, type Standing } from "#outside/account/look-deps.ts";
import { lookOnce, tellOnce } from "#outside/look/look-once.ts";
import { opened, outsideLinkKeyOf } from "#http/links/seal.ts";
import { changed } from "./asked.ts";
import { endAsked } from "./end-asked.ts";
import { giveTime } from "./give-time.ts";
import { holdAsked } from "./hold-asked.ts";
import { type Wish, wishesIn } from "./wish.ts";

/**
 * One look of a guard that acts from here, with what people have asked for: time is given before it, and pods are ended
 * after it, when it is known what runs.
 */
export async function lookAndDo(
  deps: AccountGuardDeps,
  standing: Standing,
  before: readonly Input[],
  signal: AbortSignal,
): Promise<void> {
  if (standing.acts === "tells") return lookAndHold(deps, standing, before, signal);
  const now = { ...standing, leases: await giveTime(deps, standing) };
  await lookAndHold(deps, now, before, signal);
  await endAsked(deps, now, signal);
  await noteAll(deps, now, signal);
}

/** Reminders are held also where people are only told: they are sent from here. */
async function lookAndHold(
  deps: AccountGuardDeps,
  standing: Standing,
  before: readonly Input[],
  signal: AbortSignal,
): Promise<void> {
  const held = await holdAsked(deps, standing);
  const inputs = [...held.map(({ input }) => input), ...before];
  await lookOnce(lookDepsFor(deps, standing), inputs, signal);
  if (held.length === 0) return;
  await deps.kept.write(
    changed(
      await deps.kept.read(),
      held.map(({ wish }) => wish),
    ),
  );
}

/** What came of it stands in the history; what failed, people are told: nobody may look at the page. */
async function noteAll(
  deps: AccountGuardDeps,
  standing: Standing,
  signal: AbortSignal,
): Promise<void> {
  const { kept } = deps;
  const all = await kept.read();
  for (const wish of wishesIn(all)) {
    if (wish.note === "none" || signal.aborted) continue;
    const state = stateIn(await kept.read(), standing.whose ?? "own");
    if (state === undefined) return;
    await tellOnce(lookDepsFor(deps, { ...standing, state }), noteOf(wish, deps, state), signal);
    await kept.write(changed(await kept.read(), [{ ...wish, note: "none" }]));
  }
}

function noteOf(
  { token, asked, words = "", note }: Wish,
  { account, beatKey, clock }: AccountGuardDeps,
  { runs }: Standing["state"],
): Input {
  const link = opened(token, outsideLinkKeyOf(beatKey, account));
  const podId = link === undefined || link.action === "on-it" ? "" : link.podId;
  const because = `${asked}, asked for in a notification: ${words}`;
  const podName = own(runs, podId)?.name ?? "";
  return { kind: "noted", atMs: clock.nowMs(), podId, podName, because, isTold: note === "people" };
}
