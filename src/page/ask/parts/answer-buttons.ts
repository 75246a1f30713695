import { element, type Element } from "#page/dom/element.ts";

interface Answers {
  readonly isAsking: boolean;
  /** What it says that changes nothing; once it is answered it says Close. */
  readonly keep: string;
  readonly yes: string;
  readonly action?: string;
  /** Yes is not open now; what is said under this id says why. */
  readonly hinderedBy: string | undefined;
  /** Who opened it is in the place that changes nothing. */
  readonly isSafeFirst?: boolean;
}

/** The two answers of a question, or what closes it afterwards. */
export function answerButtons(answers: Answers): Element {
  const { isAsking, keep, yes, action, hinderedBy, isSafeFirst = false } = answers;
  return element(
    "div",
    { key: "buttons", class: "buttons" },
    element(
      "button",
      { key: "close", type: "button", class: "button", "data-do": "close", autofocus: isSafeFirst },
      isAsking ? keep : "Close",
    ),
    isAsking &&
      element(
        "button",
        {
          key: "yes",
          type: "submit",
          class: "button yes",
          "data-action": action,
          "aria-disabled": hinderedBy === undefined ? undefined : "true",
          "aria-describedby": hinderedBy,
        },
        yes,
      ),
  );
}
