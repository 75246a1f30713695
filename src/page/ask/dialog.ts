import type { Action } from "#http/contract/operation.ts";
import { element, type Element } from "#page/dom/element.ts";
import { labels } from "#page/parts/pods/buttons.ts";
import type { Scene } from "#page/state/scene.ts";
import { answerButtons } from "./parts/answer-buttons.ts";
import { consequences } from "./parts/asking.ts";
import { outcome } from "./parts/outcome.ts";
import { proof } from "./parts/proof.ts";
import { hindrance, operationOf, type Question } from "./question.ts";

const keep: Readonly<Record<Action, string>> = {
  extend: "Cancel",
  touch: "Cancel",
  stop: "Keep it running",
  terminate: "Keep it",
};

/** The question that is open, or what has come of it. */
export function dialog(question: Question, scene: Scene): Element {
  const { action, podName, podId, is } = question;
  const isAsking = is.kind === "asking";
  return element(
    "dialog",
    { key: "dialog", class: "dialog", "aria-labelledby": "question", "data-action": action },
    element(
      "form",
      { method: "dialog", novalidate: true, class: "sheet" },
      element(
        "h2",
        { id: "question" },
        `${labels[action]} `,
        element("bdi", {}, podName),
        isAsking ? "?" : false,
        element("span", { class: "pod-id" }, " ", element("bdi", {}, podId)),
      ),
      isAsking ? asking(question, scene) : answer(question, scene),
      buttons(question, scene),
    ),
  );
}

function asking(question: Question, scene: Scene): Element {
  const pod = scene.status.pods?.find(({ id }) => id === question.podId);
  const why = hindrance(question, scene.status, scene.isStale);
  return element(
    "div",
    { key: "asking", class: "said" },
    consequences(question, pod, scene),
    scene.status.is_dry_run &&
      element("p", { key: "dry", class: "warning" }, "Dry run: nothing will be done to it."),
    element(
      "div",
      { key: "why", role: "status", id: "hindrance" },
      why !== undefined && element("p", { class: "warning" }, why),
    ),
  );
}

function answer(question: Question, scene: Scene): Element {
  const operation = operationOf(question, scene.state.operations);
  return element(
    "div",
    { key: "answer", class: "said" },
    operation === undefined ? withoutProof(question.is) : proof(operation, scene),
  );
}

function withoutProof(is: Question["is"]): Element {
  switch (is.kind) {
    case "failed":
      return outcome("refused", "cross", "Nothing was done", [is.error, is.hint]);
    case "unanswered":
      return outcome("unproven", "alarm", "Not known", [
        `Whether it was done is not known: ${is.because}.`,
        "Look at the pod: what was done shows there, and under “By hand”.",
      ]);
    case "following":
      return outcome("interrupted", "unknown", "Not known", [
        "The daemon no longer knows of it: it may have been started anew. Look at the pod.",
      ]);
    case "asking":
    case "sending":
      return outcome("running", "clock", "Sending…", []);
  }
}

function buttons(question: Question, scene: Scene): Element {
  const { action, is } = question;
  const isHindered = hindrance(question, scene.status, scene.isStale) !== undefined;
  return answerButtons({
    isAsking: is.kind === "asking",
    keep: keep[action],
    yes: labels[action],
    action,
    hinderedBy: isHindered ? "hindrance" : undefined,
    isSafeFirst: action === "stop" || action === "terminate",
  });
}
