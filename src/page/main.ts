import { element } from "./dom/element.ts";
import { patch } from "./dom/patch.ts";
import { follow } from "./live/follow.ts";
import type { OwnClocks } from "./live/server-time.ts";
import { page } from "./parts/page.ts";
import { hear } from "./state/hear.ts";
import { firstState } from "./state/page-state.ts";
import { sceneOf } from "./state/scene.ts";
import { momentsIn } from "./words/moments.ts";
import { secondMs } from "./words/spans.ts";

const root = document.querySelector("#page") ?? document.body;
const wide = matchMedia("(min-width: 64rem)");
const moments = momentsIn();
let state = firstState;

function ownClocks(): OwnClocks {
  return { steadyMs: performance.now(), wallMs: Date.now() };
}

function show(): void {
  const scene = sceneOf(state, ownClocks(), { isWide: wide.matches, moments });
  if (scene === undefined) {
    patch(root, [element("p", { class: "waiting" }, "Asking the daemon…")]);
    return;
  }
  patch(root, page(scene));
}

follow("api/live", (heard) => {
  state = hear(state, heard, ownClocks());
  show();
});
setInterval(show, secondMs);
wide.addEventListener("change", show);
