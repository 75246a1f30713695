import { element, type Element } from "#page/dom/element.ts";
import { clockOf, type Scene } from "#page/state/scene.ts";
import { ago, span } from "#page/words/spans.ts";
import { icon, type Icon } from "./icon.ts";

/** What stands across the top, the worst first. */
export function banners(scene: Scene): readonly Element[] {
  return [
    ...connection(scene),
    ...blindness(scene),
    ...lateness(scene),
    ...plain(scene),
    ...troubles(scene),
  ];
}

function connection({
  state,
  status,
  nowMs,
  isStale,
  moments,
  shownMs,
}: Scene): readonly Element[] {
  if (!isStale) return [];
  const { last_at: lastAt } = status.poll;
  const polled =
    lastAt === null
      ? "The daemon has not polled that this page knows of"
      : `The daemon last polled ${ago(nowMs - Date.parse(lastAt))}`;
  if (state.connection.kind === "logged-out") return [];
  return [
    banner("lost", "bad", "plug", [
      element("strong", {}, `${polled}.`),
      element(
        "span",
        { id: "cannot-send" },
        ` No connection to it${state.connection.kind === "lost" ? `: ${state.connection.because}` : ""}. Below is what was known at ${moments(shownMs, nowMs)}; nothing can be sent. This page keeps trying.`,
      ),
    ]),
  ];
}

/** The words that are read aloud stand still, so that they are read once. */
function blindness(scene: Scene): readonly Element[] {
  const { unseen } = scene.status;
  const [first] = unseen.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since));
  if (first === undefined) return [];
  const since = clockOf(scene, first.since);
  const why = first.because === null ? "" : ` ${first.because}`;
  return [
    banner("blind", "bad", "blind", [
      element(
        "strong",
        { "aria-hidden": "true" },
        `Blind for ${span(scene.nowMs - Date.parse(first.since))}.`,
      ),
      element("span", { class: "visually-hidden", role: "alert" }, `Blind since ${since}.`),
      ` The guard cannot see ${unseen.map(({ what }) => what).join(", ")} since ${since}.${why}`,
    ]),
  ];
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

function plain({ status }: Scene): readonly Element[] {
  return [
    ...(status.error === null ? [] : [banner("error", "warn", "alarm", [status.error])]),
    ...(status.is_nobody_told
      ? [
          banner("told", "warn", "mute", [
            element("strong", {}, "Nobody is told."),
            " No channel and no notify command is set, so that nothing reaches you when you do not look here.",
          ]),
        ]
      : []),
    ...(status.is_dry_run
      ? [
          banner("dry", "info", "drill", [
            element("strong", {}, "Dry run."),
            " Nothing is stopped and nobody is told; the buttons do nothing either.",
          ]),
        ]
      : []),
  ];
}

function troubles({ status }: Scene): readonly Element[] {
  return status.troubles.map((words) => banner(`trouble ${words}`, "warn", "alarm", [words]));
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
