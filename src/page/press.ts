import type { Action } from "#http/contract/operation.ts";
import { answered, opened, reopened, sending, withHours } from "./ask/ask.ts";
import { hindrance } from "./ask/question.ts";
import { send } from "./ask/send.ts";
import type { Wish } from "./ask/sent.ts";
import { sendWish } from "./ask/send-wish.ts";
import { forgetKey } from "./key.ts";
import { openDialog, type Places } from "./show.ts";
import type { PageState } from "./state/page-state.ts";
import type { Scene } from "./state/scene.ts";

export interface Pressing {
  readonly state: () => PageState;
  readonly scene: () => Scene | undefined;
  readonly change: (next: PageState) => void;
  readonly places: Places;
}

/** Does what buttons and fields say that they do. */
export function listen(pressing: Pressing): void {
  const { questions } = pressing.places;
  document.addEventListener("click", (event) => onClick(event, pressing));
  questions.addEventListener("input", (event) => onInput(event, pressing));
  questions.addEventListener("submit", (event) => {
    event.preventDefault();
    void onYes(pressing);
  });
  document.addEventListener("submit", ({ target }) => {
    if (target instanceof HTMLFormElement && target.matches("[action=logout]")) forgetKey();
  });
  // It does not bubble.
  questions.addEventListener("close", () => onClosed(pressing), true);
}

function onClick({ target, detail }: MouseEvent, pressing: Pressing): void {
  if (!(target instanceof Element)) return;
  // By a finger or a mouse: with the keyboard one may only be passing.
  if (target.matches("[name=hours][value=own]") && detail > 0) {
    pressing.change(withHours(pressing.state(), { kind: "own", text: "" }));
    openDialog(pressing.places)?.querySelector<HTMLElement>("[name=own-hours]")?.focus();
  }
  // Beside it: what it lies over is the dialog's own.
  if (target instanceof HTMLDialogElement) return target.close();
  const button = target.closest<HTMLElement>("[data-do]");
  if (button === null || button.getAttribute("aria-disabled") === "true") return;
  const { state, change, scene, places } = pressing;
  const { do: what, action, pod, operation, name = "" } = button.dataset;
  if (what === "close") openDialog(places)?.close();
  if (what === "reload") location.reload();
  if (what === "show" && operation !== undefined) change(reopened(state(), operation));
  if (what === "skip" || what === "unfreeze") {
    change({ ...state(), wish: { kind: what, name, is: { kind: "asking" } } });
  }
  if (what === "ask" && pod !== undefined) {
    change(opened(state(), action as Action, pod, scene()?.nowMs ?? 0));
  }
}

function onInput({ target }: Event, { state, change }: Pressing): void {
  if (!(target instanceof HTMLInputElement)) return;
  const { name, value } = target;
  if (name === "own-hours") change(withHours(state(), { kind: "own", text: value }));
  if (name !== "hours") return;
  if (value !== "own") {
    return change(withHours(state(), { kind: "offered", hours: Number(value) }));
  }
  change(withHours(state(), { kind: "own", text: "" }));
}

async function onYes({ state, scene, change }: Pressing): Promise<void> {
  const { question, wish } = state();
  const seen = scene();
  if (wish?.is.kind === "asking" && seen?.isStale === false) {
    const sent: Wish = { ...wish, is: { kind: "sending" } };
    change({ ...state(), wish: sent });
    const is = await sendWish(sent);
    if (state().wish === sent) change({ ...state(), wish: { ...sent, is } });
    return;
  }
  if (question?.is.kind !== "asking" || seen === undefined) return;
  if (hindrance(question, seen.status, seen.isStale) !== undefined) return change(state());
  const asked = sending(question);
  change({ ...state(), question: asked });
  const sent = await send(asked);
  change(answered(state(), asked, sent));
}

function onClosed({ state, change }: Pressing): void {
  change({ ...state(), question: undefined, wish: undefined });
  // The button that opened it may be gone with its pod.
  if (document.activeElement === document.body) document.getElementById("pods")?.focus();
}
