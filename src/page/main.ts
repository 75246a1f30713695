import { createChart } from "./chart/chart.ts";
import { takeKey } from "./key.ts";
import { askBalance } from "./live/balance.ts";
import { follow } from "./live/follow.ts";
import type { Heard } from "./live/heard.ts";
import { haveParted, type OwnClocks } from "./live/server-time.ts";
import { listen } from "./press.ts";
import { type Places, show } from "./show.ts";
import { announcement } from "./state/announcement.ts";
import { hear } from "./state/hear.ts";
import { firstState, type PageState } from "./state/page-state.ts";
import { type Scene, sceneOf } from "./state/scene.ts";
import { momentsIn } from "./words/moments.ts";
import { secondMs } from "./words/spans.ts";

// Before anything else: until then it stands in the address.
takeKey();
const wide = matchMedia("(min-width: 80rem)");
const moments = momentsIn();
let state = firstState;
const chart = createChart({ ask: askBalance, nowMs: () => sceneNow()?.nowMs ?? Date.now() });
const said = byId("said");
const places: Places = {
  root: byId("page"),
  questions: byId("questions"),
  favicon: byId("favicon"),
  chart: chart.element,
};

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

function ownClocks(): OwnClocks {
  return { steadyMs: performance.now(), wallMs: Date.now() };
}

function sceneNow(): Scene | undefined {
  return sceneOf(state, ownClocks(), { isWide: wide.matches, moments });
}

function showNow(): void {
  show(state, sceneNow(), places);
}

function change(next: PageState): void {
  const before = state;
  state = next;
  // First what is seen: it says so, where it cannot show what it was told.
  showNow();
  const words = announcement(before, next);
  if (words !== undefined) said.textContent = words;
}

function onHeard(heard: Heard): void {
  const before = state;
  const after = hear(before, heard, ownClocks());
  try {
    change(after);
    tellChart(heard, before);
  } catch {
    // What cannot be drawn or read aloud takes nothing else with it, nor the stream.
  }
}

function tellChart(heard: Heard, before: PageState): void {
  // It asks by itself when it has its place in the page.
  if (heard.kind === "open" && before.status !== undefined) chart.refresh();
  if (heard.kind !== "message") return;
  const { event, data } = heard.message;
  if (event === "missed") chart.refresh();
  if (event === "balance") chart.balance(JSON.parse(data) as [number, number]);
  if (state.status !== undefined && state.status !== before.status) chart.status(state.status);
}

const following = follow("api/live", onHeard);
listen({ state: () => state, scene: sceneNow, change, places });
wide.addEventListener("change", showNow);
window.addEventListener("online", following.hurry);
window.addEventListener("pageshow", following.hurry);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  following.hurry();
  showNow();
});
let ticked = ownClocks();
setInterval(() => {
  const now = ownClocks();
  if (haveParted(ticked, now)) following.hurry();
  ticked = now;
  showNow();
}, secondMs);
