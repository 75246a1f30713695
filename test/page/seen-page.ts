import type { StatusAnswer } from "#http/contract/status.ts";
import { hear } from "#page/state/hear.ts";
import { firstState, type PageState } from "#page/state/page-state.ts";
import { type Scene, sceneOf } from "#page/state/scene.ts";
import { momentsIn } from "#page/words/moments.ts";
import { atMs } from "./samples.ts";

/** What both of the page's clocks say so long after the sample's moment. */
export function own(afterMs: number) {
  return { steadyMs: afterMs, wallMs: afterMs };
}

/** What the page knows that has just heard this. */
export function stateWith(status: StatusAnswer): PageState {
  const open = hear(firstState, { kind: "open", serverMs: atMs }, own(0));
  const message = { event: "status", data: JSON.stringify(status), id: "1" };
  return hear(open, { kind: "message", message }, own(0));
}

/** What is to be seen so long after it was heard. */
export function sceneAfter(afterMs: number, state: PageState, isWide = false): Scene {
  const scene = sceneOf(state, own(afterMs), { isWide, moments: momentsIn("UTC") });
  if (scene === undefined) throw new Error("nothing has been heard");
  return scene;
}
