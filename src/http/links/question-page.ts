import type { PodRun } from "#guard/model/run.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { listedPods, perHour, plainNumber, spanWords, usd } from "#guard/text.ts";
import { html } from "hono/html";
import type { PodAnswer } from "#http/contract/status.ts";
import type { Markup } from "#http/frame/whole-page.ts";
import { type ActPage, factsList } from "./act-page.ts";
import type { PodLink } from "./link.ts";

/** What is known for the question. */
export interface Asked {
  readonly link: PodLink;
  readonly run: PodRun;
  /** As it was last seen. */
  readonly pod: PodAnswer | undefined;
  /** When the lease would end, once extended. */
  readonly untilMs: number | undefined;
  readonly nowMs: number;
  readonly isDryRun: boolean;
  /** It was pressed already, and this is why nothing was done. */
  readonly inVain?: string | undefined;
}

/** Asks before anything is done: what, to which pod, what it costs or loses, until when. */
export function questionPage(asked: Asked): ActPage {
  const { link, pod } = asked;
  const whyNot = whyNotNow(asked);
  return {
    title: `${askedWords(link, asked.run)}?`,
    body: html`${
      asked.inVain === undefined
        ? undefined
        : html`<p class="warn">It was pressed already, and was not done: ${asked.inVain}</p> `
    }${factsList([
      ["It runs", runsWords(asked)],
      ["It costs", pod && costWords(pod)],
      ["Left as it is", pod && leftWords(pod, asked.nowMs)],
      consequenceOf(asked),
    ])}${
      whyNot === undefined
        ? formOf(link, asked.isDryRun)
        : html`<p class="warn">This cannot be done now: ${whyNot}. Nothing was changed.</p> `
    }`,
  };
}

/** The field says that a person has seen the question: no program that follows links sends it. */
export function formOf(link: PodLink, isDryRun: boolean): Markup {
  const [words, isDanger] = buttonOf(link);
  return html`<form method="post">
      <input type="hidden" name="sure" value="yes" />
      <button class="${isDanger ? "danger" : "deed"}">${words}</button>
    </form>
    <p class="soft">
      Nothing has been done yet. To leave the pod as it is, close this
      page.${isDryRun ? " This is a dry run: nothing is changed in any case." : ""}
    </p> `;
}

/** The question in words: `Stop pod trainer (p1)`. */
export function askedWords(
  link: PodLink,
  run: Pick<PodRun, "podId" | "name" | "isCluster">,
): string {
  return `${deedOf(link)[0]} ${podTitle(run)}${lengthOf(link)}`;
}

/** What the button says, and that it is a danger. */
function buttonOf(link: PodLink): readonly [words: string, isDanger: boolean] {
  const [deed, isDanger] = deedOf(link);
  return [`${link.action === "extend" ? "Extend" : deed} it${lengthOf(link)}`, isDanger];
}

function deedOf({ action }: PodLink): readonly [deed: string, isDanger: boolean] {
  switch (action) {
    case "stop":
      return ["Stop", true];
    case "extend":
      return ["Extend the lease of", false];
    case "touch":
      return ["Keep", false];
  }
}

function lengthOf({ action, hours = 0 }: PodLink): string {
  return action === "extend" ? ` by ${plainNumber(hours)} h` : "";
}

function whyNotNow({ link: { action }, pod }: Asked): string | undefined {
  if (pod === undefined) return "the pod was not seen by the last poll. Try again in a minute";
  if (pod.may.includes(action)) return undefined;
  switch (action) {
    case "stop":
      return pod.may_not ?? "the pod cannot be stopped";
    case "extend":
      return pod.is_protected ? "the pod is protected" : "its lease cannot be extended";
    case "touch":
      return pod.is_protected ? "the pod is protected" : "no idle guard is for it";
  }
}

function runsWords({ pod, run, nowMs }: Asked): string {
  const {
    uptime_minutes: up = null,
    gpu_type: gpuType = null,
    idle_minutes: idleFor = null,
  } = pod ?? {};
  const upMs = up === null ? nowMs - run.startedAtMs : up * minuteMs;
  const least = pod?.uptime_is_at_least === true ? "at least " : "";
  const gpu = gpuType === null ? [] : [`${pod?.gpu_count ?? "?"} × ${gpuType}`];
  const idle = idleFor === null ? [] : [`idle for ${spanWords(idleFor * minuteMs)}`];
  return [`for ${least}${spanWords(Math.max(0, upMs))}`, ...gpu, ...idle].join(" · ");
}

function costWords({ cost_per_hr_usd: perHourUsd, cost_now_usd: nowUsd }: PodAnswer): string {
  const rate = perHourUsd === null ? "unknown per hour" : perHour(perHourUsd);
  return nowUsd === null ? rate : `${rate} · ${usd(nowUsd)} so far`;
}

function leftWords({ end_words: words, ends_at: endsAt }: PodAnswer, nowMs: number): string {
  const said = words ?? "when it ends is unknown";
  const at = endsAt === null ? "" : `, ${whenWords(Date.parse(endsAt), nowMs)}`;
  return `${said}${at}`;
}

function consequenceOf({
  link: { action, hours = 0 },
  pod,
  untilMs,
  nowMs,
}: Asked): readonly [string, string | undefined] {
  switch (action) {
    case "stop":
      return ["Stopping it", pod?.loses.stop];
    case "extend": {
      const rate = pod?.cost_per_hr_usd ?? undefined;
      const more = rate === undefined ? "unknown" : usd(rate * hours);
      const until =
        untilMs === undefined ? "" : `its lease then ends ${whenWords(untilMs, nowMs)} · `;
      return ["Extending it", `${until}costs up to ${more} more`];
    }
    case "touch":
      return ["Keeping it", "it counts as active from now on: its idle time begins anew"];
  }
}

/** `at 13:47 UTC, in 12 min`. */
export function whenWords(atMs: number, nowMs: number): string {
  const at = new Date(atMs).toISOString();
  const isNear = Math.abs(atMs - nowMs) < 20 * hourMs;
  const clock = isNear ? at.slice(11, 16) : `${at.slice(0, 10)} ${at.slice(11, 16)}`;
  return `at ${clock} UTC${atMs > nowMs ? `, in ${spanWords(atMs - nowMs)}` : ", now"}`;
}

/** `pod trainer (p1)`. */
function podTitle({
  podId,
  name,
  isCluster,
}: Pick<PodRun, "podId" | "name" | "isCluster">): string {
  return listedPods([{ podId, name, isCluster }]);
}
