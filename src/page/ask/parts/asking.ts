import type { PodAnswer } from "#http/contract/status.ts";
import { element, type Element } from "#page/dom/element.ts";
import { costOf, leftOf, uptimeOf } from "#page/parts/pods/facts.ts";
import { clockOf, lastsMs, type Scene } from "#page/state/scene.ts";
import { perHour, usd } from "#page/words/money.ts";
import { hourMs, span } from "#page/words/spans.ts";
import { hoursOf, offeredHours, type Question } from "#page/ask/question.ts";

/** What a yes costs or loses. */
export function consequences(
  question: Question,
  pod: PodAnswer | undefined,
  scene: Scene,
): readonly Element[] {
  if (pod === undefined) return [];
  switch (question.action) {
    case "extend":
      return [
        sentence("now", leftWords(pod, scene)),
        hoursField(question),
        ...extended(question, pod, scene),
      ];
    case "touch":
      return [
        sentence(
          "what",
          "It counts as active from this moment, so that its idle time begins anew.",
        ),
        ...costsOn(pod),
      ];
    case "stop":
      return [sentence("loses", lossWords(pod.loses.stop)), ...ran(pod, scene), ...saves(pod)];
    case "terminate":
      return [loss(lossWords(pod.loses.terminate)), ...ran(pod, scene), ...saves(pod)];
  }
}

/** As tables have it, in a sentence. */
function lossWords(words: string): string {
  if (words.startsWith("keeps ")) return `It loses its container disk; it ${words}, which costs.`;
  return /^(?:LOSES|may LOSE) /.test(words) ? `It ${words}.` : words;
}

function sentence(key: string, words: string): Element {
  return element("p", { key }, words);
}

function loss(words: string): Element {
  return element("p", { key: "loses", class: "loss" }, words);
}

function leftWords(pod: PodAnswer, scene: Scene): string {
  const { words, note } = leftOf(pod, scene);
  return note === undefined ? `Time left: ${words}.` : `Time left: ${words} (${note}).`;
}

function ran(pod: PodAnswer, scene: Scene): readonly Element[] {
  if (pod.is_running === false) return [];
  const least = pod.uptime_is_at_least ? "at least " : "";
  const uptime = uptimeOf(pod, scene);
  const cost = costOf(pod, scene);
  return [
    sentence(
      "ran",
      uptime.is === "unknown"
        ? "How long it has run, and what that has cost, is unknown."
        : `It has run for ${least}${uptime.words}${cost.is === "unknown" ? "; what that has cost is unknown" : ` and cost ${least}${cost.words} so far`}.`,
    ),
  ];
}

function saves({ cost_per_hr_usd: rate, is_running: isRunning }: PodAnswer): readonly Element[] {
  if (isRunning === false) return [];
  return [
    sentence(
      "saves",
      rate === null
        ? "What it costs an hour is unknown."
        : `It costs ${perHour(rate)} while it runs.`,
    ),
  ];
}

function costsOn({ cost_per_hr_usd: rate }: PodAnswer): readonly Element[] {
  const words =
    rate === null ? "What it costs an hour is unknown." : `It goes on costing ${perHour(rate)}.`;
  return [sentence("costs", words)];
}

/** What the hours come to, as they stand in the form. */
function extended(question: Question, pod: PodAnswer, scene: Scene): readonly Element[] {
  const hours = hoursOf(question.hours);
  if (hours === undefined) return [];
  const { cost_per_hr_usd: rate, ends_at: endsAt, ends_by: endsBy } = pod;
  const cost =
    rate === null
      ? "What that costs is unknown, as its rate is."
      : `That costs up to ${usd(rate * hours)} more, at ${perHour(rate)}.`;
  const isByLease = endsBy === "lease" && endsAt !== null;
  const until = isByLease
    ? [
        `Its lease then ends ${clockOf(scene, new Date(Date.parse(endsAt) + hours * hourMs).toISOString())}, if it may be that long.`,
      ]
    : ["Its lease is not what ends it first, so that it may still end as before."];
  return [sentence("cost", [cost, ...until].join(" ")), ...beyondBalance(hours, pod, scene)];
}

/** The money may be out before that. */
function beyondBalance(
  hours: number,
  { ends_at: endsAt }: PodAnswer,
  scene: Scene,
): readonly Element[] {
  const lasts = lastsMs(scene);
  const fromMs = endsAt === null ? 0 : Math.max(0, Date.parse(endsAt) - scene.shownMs);
  if (lasts === null || lasts > fromMs + hours * hourMs) return [];
  return [
    element(
      "p",
      { key: "beyond", class: "warning" },
      `At the present burn the balance lasts only ${span(lasts)}.`,
    ),
  ];
}

function hoursField({ hours }: Question): Element {
  const isOwn = hours.kind === "own";
  return element(
    "fieldset",
    { key: "hours", class: "hours" },
    element("legend", {}, "How much longer?"),
    offeredHours.map((each) => {
      const isChosen = !isOwn && hours.hours === each;
      return choice(String(each), `${each} h`, isChosen);
    }),
    choice("own", "Other", isOwn),
    isOwn &&
      element(
        "label",
        { key: "own-hours", class: "own-hours" },
        element("span", {}, "Hours"),
        element("input", {
          name: "own-hours",
          inputmode: "decimal",
          autocomplete: "off",
          maxlength: 8,
          size: 6,
        }),
      ),
  );
}

function choice(value: string, words: string, isChosen: boolean): Element {
  return element(
    "label",
    { key: value, class: "choice" },
    element("input", {
      type: "radio",
      name: "hours",
      value,
      checked: isChosen,
      autofocus: isChosen && value !== "own",
    }),
    element("span", {}, words),
  );
}
