import { element, type Element } from "#page/dom/element.ts";
import { clockOf, lastsMs, type Scene } from "#page/state/scene.ts";
import { perHour, usd } from "#page/words/money.ts";
import { ago, minutesSpan } from "#page/words/spans.ts";
import { icon } from "./icon.ts";

/** The balance now, what burns, how long that lasts, and what it can come to at worst. */
export function money(scene: Scene): Element {
  return element(
    "section",
    { class: "panel money", "aria-labelledby": "balance-title", "data-is": levelOf(scene) },
    element("h2", { id: "balance-title" }, "Balance"),
    balance(scene),
    element("dl", { class: "figures" }, burn(scene), lasts(scene), worst(scene)),
    thresholds(scene),
  );
}

/** How bad it is; said in words by the thresholds. */
function levelOf({ status }: Scene): "fine" | "low" | "out" {
  if (status.balance_usd !== null && status.balance_usd <= 0) return "out";
  const fired = status.thresholds.filter(({ is }) => is === "fired").length;
  if (fired === 0) return "fine";
  return fired === status.thresholds.length ? "out" : "low";
}

function balance(scene: Scene): readonly Element[] {
  const { status, nowMs } = scene;
  if (status.balance_usd !== null) {
    const seenAt = status.poll.last_good_at;
    return [
      element("p", { key: "amount", class: "amount" }, usd(status.balance_usd)),
      element(
        "p",
        { key: "seen", class: "note" },
        seenAt === null ? "seen just now" : `seen ${ago(nowMs - Date.parse(seenAt))}`,
      ),
    ];
  }
  const { last_balance: last, estimated_balance: guess } = status;
  return [
    element("p", { key: "amount", class: "amount unknown" }, "Unknown"),
    element(
      "p",
      { key: "seen", class: "note" },
      last === null
        ? "No balance has been seen yet."
        : `It was ${usd(last.balance_usd)} ${ago(nowMs - Date.parse(last.at))}, at ${clockOf(scene, last.at)}.`,
    ),
    ...(guess === null
      ? []
      : [
          element(
            "p",
            { key: "guess", class: "note" },
            `About ${usd(guess.balance_usd)} by now, estimated at ${perHour(guess.burn_per_hr_usd)}.`,
          ),
        ]),
  ];
}

function figure(key: string, title: string, value: string, note?: string): Element {
  return element(
    "div",
    { key, class: "figure" },
    element("dt", {}, title),
    element("dd", {}, value, note !== undefined && element("span", { class: "note" }, note)),
  );
}

function burn({ status }: Scene): Element {
  const { burn_per_hr_usd: perHr, last_balance: last } = status;
  if (perHr !== null) return figure("burn", "Burning", perHour(perHr));
  const lastBurn = last?.burn_per_hr_usd ?? null;
  return figure(
    "burn",
    "Burning",
    "Unknown",
    lastBurn === null ? undefined : `was ${perHour(lastBurn)}`,
  );
}

function lasts(scene: Scene): Element {
  const { status, shownMs, moments } = scene;
  const ms = lastsMs(scene);
  if (ms !== null) {
    return figure("lasts", "Lasts", minutesSpan(ms), `$0 at ${moments(shownMs + ms, shownMs)}`);
  }
  const isQuiet = status.burn_per_hr_usd === 0 && status.balance_usd !== null;
  return figure("lasts", "Lasts", isQuiet ? "Nothing burns" : "Unknown");
}

function worst({ status }: Scene): Element {
  const { usd: most, words } = status.worst_case;
  return figure("worst", "Worst case", most === null ? "Unknown" : usd(most), words);
}

function thresholds(scene: Scene): Element | false {
  if (scene.status.thresholds.length === 0) return false;
  return element(
    "ul",
    { class: "thresholds", "aria-label": "Thresholds" },
    scene.status.thresholds.map((each) =>
      element(
        "li",
        { key: each.name, "data-is": each.is ?? "unknown" },
        icon(each.is === "fired" ? "alarm" : each.is === null ? "unknown" : "check"),
        element("span", {}, element("bdi", {}, each.name), ` ${lineWords(each)}`),
        element("span", { class: "note" }, thresholdWords(scene, each)),
      ),
    ),
  );
}

/** `$10.00`, `2 h left`, or either. */
function lineWords(line: Scene["status"]["thresholds"][number]): string {
  const { below_usd: belowUsd, below_hours: belowHours } = line;
  const words = [
    belowUsd === null ? "" : usd(belowUsd),
    belowHours === null ? "" : `${belowHours} h left`,
  ];
  return words.filter((each) => each !== "").join(" or ");
}

function thresholdWords(
  scene: Scene,
  { is, tripped_at: trippedAt, meets_at: meetsAt }: Scene["status"]["thresholds"][number],
): string {
  if (is === null) return "not known whether it has fired";
  if (is === "fired") return trippedAt === null ? "fired" : `fired ${clockOf(scene, trippedAt)}`;
  return meetsAt === null
    ? "armed"
    : `armed, below it from ${clockOf(scene, meetsAt)} at this burn`;
}
