import type { Action, OperationAnswer } from "#http/contract/operation.ts";
import { element, type Element } from "#page/dom/element.ts";
import { icon, type Icon } from "#page/parts/icon.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { span } from "#page/words/spans.ts";

/** The proof as it comes, and how it ended. */
export function proof(operation: OperationAnswer, scene: Scene): readonly Element[] {
  return [
    element(
      "div",
      { key: "steps", role: "log", "aria-label": "What has been done" },
      element(
        "ol",
        { class: "steps" },
        operation.steps.map(({ at, words }, n) =>
          element(
            "li",
            { key: n },
            element("time", { class: "note", datetime: at }, secondsAt(at, scene)),
            " ",
            words,
          ),
        ),
      ),
    ),
    outcome(operation, scene),
  ];
}

/** What the state of an operation is called, with a drawing. */
export const stateWords: Readonly<Record<OperationAnswer["state"], readonly [Icon, string]>> = {
  running: ["clock", "Under way"],
  done: ["check", "Done"],
  refused: ["cross", "Refused"],
  unproven: ["alarm", "Not proven"],
  interrupted: ["alarm", "Interrupted"],
};

/** That it may go on and cost, where that is so. */
export function danger({
  state,
  action,
}: Pick<OperationAnswer, "action" | "state">): string | undefined {
  if (!isEnd(action)) return undefined;
  if (state === "unproven") return "No poll has shown the end. It may still run and cost money.";
  return state === "interrupted"
    ? "Whether it ended is not known. It may still run and cost money."
    : undefined;
}

function outcome(operation: OperationAnswer, scene: Scene): Element {
  const { state, words, asked_at: askedAt } = operation;
  const [drawing, called] = stateWords[state];
  const warned = danger(operation);
  const isLost = scene.isStale && state === "running";
  return element(
    "div",
    {
      key: "outcome",
      class: "outcome",
      "data-is": state,
      role: warned === undefined ? "status" : "alert",
    },
    icon(drawing),
    element(
      "div",
      {},
      element("strong", {}, isLost ? "Not known" : called),
      state === "running" &&
        element(
          "span",
          { class: "note", "aria-hidden": "true" },
          ` for ${span(scene.nowMs - Date.parse(askedAt))}`,
        ),
      isLost &&
        element(
          "p",
          {},
          "The connection to the daemon is lost. It goes on there; what comes of it is shown when it is back.",
        ),
      warned !== undefined && element("p", {}, warned),
      words !== null && element("p", {}, words),
    ),
  );
}

function isEnd(action: Action): boolean {
  return action === "stop" || action === "terminate";
}

function secondsAt(at: string, scene: Scene): string {
  const seconds = String(new Date(at).getUTCSeconds()).padStart(2, "0");
  return `${clockOf(scene, at)}:${seconds}`;
}
