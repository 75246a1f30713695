import { element, type Element } from "#page/dom/element.ts";
import type { Scene } from "#page/state/scene.ts";
import { answerButtons } from "./parts/answer-buttons.ts";
import { outcome } from "./parts/outcome.ts";
import type { Wish } from "./sent.ts";

const asked = {
  skip: ["Skip", "Its next time is passed over: nothing is stopped then."],
  unfreeze: ["Unfreeze", "It holds no pod any more, until its next period."],
} as const;

/** The question that is open about a schedule or a budget, or what has come of it. */
export function wishDialog({ kind, name, is }: Wish, scene: Scene): Element {
  const [label, words] = asked[kind];
  const isAsking = is.kind === "asking";
  return element(
    "dialog",
    { key: "wish", class: "dialog", "aria-labelledby": "question" },
    element(
      "form",
      { method: "dialog", class: "sheet" },
      element("h2", { id: "question" }, `${label} `, element("bdi", {}, name), isAsking && "?"),
      element("div", { key: is.kind, class: "said" }, isAsking ? words : answer(is)),
      answerButtons({
        isAsking,
        keep: "Cancel",
        yes: label,
        hinderedBy: scene.isStale ? "cannot-send" : undefined,
        isSafeFirst: true,
      }),
    ),
  );
}

function answer(is: Exclude<Wish["is"], { readonly kind: "asking" }>): Element {
  switch (is.kind) {
    case "answered":
      return outcome("done", "check", "Done", [is.body.words, ...is.body.troubles]);
    case "refused":
      return outcome("refused", "cross", "Nothing was done", [is.error, is.hint]);
    case "unanswered":
      return outcome("unproven", "alarm", "Not known", [is.because]);
    case "logged-out":
      return outcome("refused", "cross", "You are logged out", []);
    default:
      return outcome("running", "clock", "Sending…", []);
  }
}
