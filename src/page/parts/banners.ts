import { element, type Element } from "#page/dom/element.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { ago, span } from "#page/words/spans.ts";
import { icon, type Icon } from "./icon.ts";

/** What stands across the top: the guard does not see, or this page does not. */
export function alarms(scene: Scene): readonly Element[] {
  const { status } = scene;
  const isToldAsBlind = status.unseen.some(({ what }) => what in blindTo);
  return [
    ...connection(scene),
    ...blindness(scene),
    ...(status.error === null || isToldAsBlind
      ? []
      : [banner("error", "bad", "blind", [strong("Not seen now. "), status.error])]),
    ...lateness(scene),
  ];
}

/** What else is not as it should be. */
export function notes({ status, state, ...scene }: Scene): readonly Element[] {
  return [
    ...(status.version === state.version ? [] : [outdated(status.version, state.version)]),
    ...(status.is_nobody_told
      ? [
          banner("told", "warn", "mute", [
            strong("Nobody is told."),
            " No way to notify you is set up, so that nothing reaches you unless you look here.",
          ]),
        ]
      : []),
    ...(status.is_dry_run
      ? [
          banner("dry", "info", "drill", [
            strong("Dry run."),
            " Nothing is stopped and nobody is told; the buttons do nothing either.",
          ]),
        ]
      : []),
    ...status.unseen
      .filter(({ what }) => !(what in blindTo))
      .map((each) => unmeasured(each, { status, state, ...scene })),
    ...status.troubles.map((words) => banner(`trouble ${words}`, "warn", "alarm", [words])),
  ];
}

function outdated(now: string, then: string | undefined): Element {
  return banner("version", "info", "play", [
    strong(`runpodboss is ${now} now.`),
    ` This page is still of ${then ?? "another version"}. `,
    element("button", { type: "button", class: "button small", "data-do": "reload" }, "Reload"),
  ]);
}

function strong(words: string): Element {
  return element("strong", {}, words);
}

function connection(scene: Scene): readonly Element[] {
  const { state, status, nowMs, isStale, moments, shownMs } = scene;
  if (!isStale || state.connection.kind !== "lost") return [];
  const { last_at: lastAt } = status.poll;
  const polled =
    lastAt === null
      ? "The daemon has not polled that this page knows of."
      : `The daemon last polled ${ago(nowMs - Date.parse(lastAt))}.`;
  const why = state.connection.because.replace(/\.$/, "");
  const words = ` No connection to it: ${why}. Below is what was known at ${moments(shownMs, nowMs)}; nothing can be sent. If it has ended, nothing is guarded: runpodboss status on its machine tells. This page keeps trying.`;
  return [
    banner("lost", "bad", "plug", [strong(polled), element("span", { id: "cannot-send" }, words)]),
  ];
}

/** The longest first. Of the account and the pods it is what the guard acts on. */
function blindness(scene: Scene): readonly Element[] {
  return scene.status.unseen
    .filter(({ what }) => what in blindTo)
    .toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since))
    .map((each) => blind(each, scene));
}

type Unseen = Scene["status"]["unseen"][number];

const blindTo: Readonly<Record<string, string>> = {
  "the account": "Blind",
  "the pods": "Blind to the pods",
};

/** The words that are read aloud stand still, so that they are read once. */
function blind({ what, since, because }: Unseen, scene: Scene): Element {
  const title = blindTo[what] ?? "Blind";
  const clock = clockOf(scene, since);
  const why = because ?? (what === "the account" ? scene.status.error : null);
  return banner(`blind ${what}`, "bad", "blind", [
    element(
      "strong",
      { "aria-hidden": "true" },
      `${title} for ${span(scene.nowMs - Date.parse(since))}.`,
    ),
    element("span", { class: "visually-hidden", role: "alert" }, `${title} since ${clock}.`),
    ` The guard has not seen ${what} since ${clock}${why === null ? "." : `: ${why}`}`,
  ]);
}

function unmeasured({ what, since, because }: Unseen, scene: Scene): Element {
  const why = because === null ? "" : `: ${because}`;
  return banner(`unseen ${what}`, "warn", "blind", [
    element("strong", {}, `Not seen since ${clockOf(scene, since)}: ${what}`),
    why === "" ? "." : why,
  ]);
}

function lateness({ status, nowMs, isStale }: Scene): readonly Element[] {
  const { is_late: isLate, last_at: lastAt } = status.poll;
  if (!isLate || isStale) return [];
  return [
    banner("late", "bad", "clock", [
      element(
        "strong",
        {},
        lastAt === null
          ? "The daemon has not polled yet."
          : `The daemon last polled ${ago(nowMs - Date.parse(lastAt))}.`,
      ),
      " The next poll is late.",
    ]),
  ];
}

function banner(
  key: string,
  is: "bad" | "warn" | "info",
  drawing: Icon,
  words: readonly (Element | string)[],
): Element {
  return element(
    "div",
    { key, class: "banner", "data-is": is },
    icon(drawing),
    element("p", {}, words),
  );
}
