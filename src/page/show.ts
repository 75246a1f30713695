import { dialog } from "./ask/dialog.ts";
import { wishDialog } from "./ask/wish.ts";
import { element } from "./dom/element.ts";
import { patch } from "./dom/patch.ts";
import { cannotShow, loggedOut } from "./parts/alone.ts";
import { headOf } from "./parts/head.ts";
import { page } from "./parts/page.ts";
import type { PageState } from "./state/page-state.ts";
import type { Scene } from "./state/scene.ts";

/** Where things are shown. */
export interface Places {
  readonly root: HTMLElement;
  readonly questions: HTMLElement;
  readonly favicon: HTMLElement;
  /** Another's, which stands among ours. */
  readonly chart: HTMLElement;
}

/** Makes what is to be seen what is known. */
export function show(state: PageState, scene: Scene | undefined, places: Places): void {
  try {
    showHead(state, scene, places);
    if (!document.hidden) showBody(state, scene, places);
  } catch {
    // The daemon is of another version than this page, or one of them has a bug.
    patch(places.root, cannotShow());
  }
}

export function openDialog({ questions }: Pick<Places, "questions">): HTMLDialogElement | null {
  return questions.querySelector("dialog");
}

function showHead(state: PageState, scene: Scene | undefined, { favicon }: Places): void {
  const { title, isAlarmed } = headOf(state, scene);
  if (document.title !== title) document.title = title;
  const drawing = isAlarmed ? "icon-alarm.svg" : "icon.svg";
  if (favicon.getAttribute("href") !== drawing) favicon.setAttribute("href", drawing);
}

function showBody(state: PageState, scene: Scene | undefined, places: Places): void {
  const { root, chart } = places;
  if (state.connection.kind === "logged-out") {
    openDialog(places)?.close();
    patch(root, loggedOut());
  } else if (scene === undefined) {
    patch(root, [element("p", { key: "waiting", class: "waiting" }, waitingWords(state))]);
  } else {
    const hadFocus = document.activeElement;
    patch(root, page(scene));
    // What had the focus may be gone with its pod: the keyboard goes on from the pods, not from the top.
    if (hadFocus?.isConnected === false) document.getElementById("pods")?.focus();
    const place = document.getElementById("chart");
    if (place !== null && chart.parentElement !== place) place.append(chart);
    showQuestion(state, scene, places);
  }
}

function waitingWords({ connection }: PageState): string {
  return connection.kind === "lost"
    ? `No answer from the daemon: ${connection.because}. Trying again…`
    : "Asking the daemon…";
}

function showQuestion({ question, wish }: PageState, scene: Scene, places: Places): void {
  patch(places.questions, [
    ...(question === undefined ? [] : [dialog(question, scene)]),
    ...(wish === undefined ? [] : [wishDialog(wish, scene)]),
  ]);
  const shown = openDialog(places);
  if (shown === null) return;
  if (!shown.open) shown.showModal();
  // What had the focus may be gone with the stage before.
  if (!shown.contains(document.activeElement)) {
    shown.querySelector<HTMLElement>("[data-do=close]")?.focus();
  }
}
