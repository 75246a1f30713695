import type { Action } from "#http/contract/operation.ts";
import { answered, opened, reopened, sending, withHours } from "./ask/ask.ts";
import { dialog } from "./ask/dialog.ts";
import { hindrance } from "./ask/question.ts";
import { send } from "./ask/send.ts";
import { element } from "./dom/element.ts";
import { patch } from "./dom/patch.ts";
import { follow } from "./live/follow.ts";
import type { OwnClocks } from "./live/server-time.ts";
import { headOf } from "./parts/head.ts";
import { cannotShow, loggedOut } from "./parts/alone.ts";
import { page } from "./parts/page.ts";
import { announcement } from "./state/announcement.ts";
import { hear } from "./state/hear.ts";
import { firstState, type PageState } from "./state/page-state.ts";
import { type Scene, sceneOf } from "./state/scene.ts";
import { momentsIn } from "./words/moments.ts";
import { secondMs } from "./words/spans.ts";

const root = byId("page");
const questions = byId("questions");
const said = byId("said");
const favicon = byId("favicon");
const wide = matchMedia("(min-width: 64rem)");
const moments = momentsIn();
let state = firstState;

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

function change(next: PageState): void {
  const words = announcement(state, next);
  state = next;
  if (words !== undefined) said.textContent = words;
  show();
}

function show(): void {
  const scene = sceneNow();
  const { title, isAlarmed } = headOf(state, scene);
  if (document.title !== title) document.title = title;
  const drawing = isAlarmed ? "icon-alarm.svg" : "icon.svg";
  if (favicon.getAttribute("href") !== drawing) favicon.setAttribute("href", drawing);
  if (document.hidden) return;
  try {
    showBody(scene);
  } catch {
    // The daemon is of another version than this page, or one of them has a bug.
    patch(root, cannotShow());
  }
}

function showBody(scene: Scene | undefined): void {
  if (state.connection.kind === "logged-out") {
    openDialog()?.close();
    patch(root, loggedOut());
    return;
  }
  if (scene === undefined) {
    patch(root, [element("p", { key: "waiting", class: "waiting" }, waitingWords())]);
    return;
  }
  patch(root, page(scene));
  showQuestion(scene);
}

function waitingWords(): string {
  return state.connection.kind === "lost"
    ? `No answer from the daemon: ${state.connection.because}. Trying again…`
    : "Asking the daemon…";
}

function openDialog(): HTMLDialogElement | null {
  return questions.querySelector("dialog");
}

function showQuestion(scene: Scene): void {
  patch(questions, state.question === undefined ? [] : [dialog(state.question, scene)]);
  const shown = openDialog();
  if (shown === null) return;
  if (!shown.open) shown.showModal();
  // What had the focus may be gone with the stage before.
  if (!shown.contains(document.activeElement)) {
    shown.querySelector<HTMLElement>("[data-do=close]")?.focus();
  }
}

function onClick(event: Event): void {
  if (!(event.target instanceof Element)) return;
  if (event.target instanceof HTMLDialogElement) return event.target.close();
  const button = event.target.closest<HTMLElement>("[data-do]");
  if (button === null || button.getAttribute("aria-disabled") === "true") return;
  const { do: what, action, pod, operation } = button.dataset;
  if (what === "close") openDialog()?.close();
  if (what === "reload") location.reload();
  if (what === "show" && operation !== undefined) change(reopened(state, operation));
  if (what === "ask" && pod !== undefined) {
    change(opened(state, action as Action, pod, sceneNow()?.nowMs ?? 0));
  }
}

function onInput(event: Event): void {
  if (!(event.target instanceof HTMLInputElement)) return;
  const { name, value } = event.target;
  if (name === "own-hours") change(withHours(state, { kind: "own", text: value }));
  if (name !== "hours") return;
  const isOwn = value === "own";
  change(
    withHours(state, isOwn ? { kind: "own", text: "" } : { kind: "offered", hours: Number(value) }),
  );
  if (isOwn) questions.querySelector<HTMLElement>("[name=own-hours]")?.focus();
}

async function onYes(event: Event): Promise<void> {
  event.preventDefault();
  const { question } = state;
  const scene = sceneNow();
  if (question?.is.kind !== "asking" || scene === undefined) return;
  if (hindrance(question, scene.status, scene.isStale) !== undefined) return show();
  const asked = sending(question);
  change({ ...state, question: asked });
  const sent = await send(asked);
  change(answered(state, asked, sent));
}

function onClosed(): void {
  change({ ...state, question: undefined });
  // The button that opened it may be gone with its pod.
  if (document.activeElement === document.body) document.getElementById("pods")?.focus();
}

const following = follow("api/live", (heard) => change(hear(state, heard, ownClocks())));
document.addEventListener("click", onClick);
questions.addEventListener("input", onInput);
questions.addEventListener("submit", (event) => void onYes(event));
// It does not bubble.
questions.addEventListener("close", onClosed, true);
wide.addEventListener("change", show);
window.addEventListener("online", following.hurry);
window.addEventListener("pageshow", following.hurry);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  following.hurry();
  show();
});
setInterval(show, secondMs);
