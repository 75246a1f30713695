import { lineWords } from "#guard/account/lines/line.ts";
import { hourMs, minuteMs, secondMs } from "#guard/model/time.ts";
import { perHour, podWords, spanWords, usd } from "#guard/text.ts";
import { html } from "hono/html";
import { type ActPage, factsList } from "#http/links/act-page.ts";
import { whenWords } from "#http/links/question-page.ts";
import type { Summary, SummaryPod } from "#outside/summary/contract.ts";
import { headline, leadWords } from "./headline.ts";

type Markup = ActPage["body"];

/** It loads itself anew so often. */
export const pageSeconds = 60;

/** So many of each are shown: the first. */
const mostPods = 100;
const mostNext = 10;

/** Which of these it is, is nobody's business. */
export const noPage: ActPage = {
  title: "This link is not good any more",
  body: html`<p>
    Its address is not whole, its time is over, or it was made with another key. Ask the machine
    with the guard for a new one.
  </p> `,
};

/** What an account's guard outside knows and does, for a phone, in words. */
export function summaryPage(summary: Summary): ActPage {
  const nowMs = Date.parse(summary.at);
  return {
    title: headline(summary),
    body: html`${leadOf(summary)}${factsList(factsOf(summary, nowMs))}${podsOf(summary, nowMs)}${listOf(
        "What comes next",
        summary.next.slice(0, mostNext).map(({ at, what }) => ({
          at: at === null ? "at once, or as soon as it can be" : whenWords(Date.parse(at), nowMs),
          words: what,
        })),
      )}${listOf(
        "Being ended now",
        summary.owed_ends.map(({ pod_id: id, pod_name: name, action, because, tries }) => ({
          at: tries === 0 ? "not asked for yet" : `asked for ${tries} times, not proven yet`,
          words: `${action} pod ${podWords({ id, name })}: ${because}`,
        })),
      )}${listOf(
        "What I did",
        summary.did.map(({ at, because, type, pod_id: id, pod_name: name }) => ({
          at: agoWords(at, nowMs),
          words: `${type}${id === null ? "" : ` ${podWords({ id, name: name ?? "" })}`}: ${because}`,
        })),
      )}${listOf(
        "What I cannot do from here",
        summary.cannot.map((words) => ({ words })),
      )}${listOf(
        "What does not work",
        summary.troubles.map((words) => ({ words })),
      )}
      <p class="soft">
        As of ${summary.at.slice(11, 19)} UTC. This page loads itself anew every minute. It shows,
        and changes nothing.
      </p> `,
  };
}

function leadOf(summary: Summary): Markup {
  const { words, isWarning } = leadWords(summary);
  return html`<p class="${isWarning ? "warn" : "done"}">${words}</p> `;
}

function factsOf(
  summary: Summary,
  nowMs: number,
): readonly (readonly [string, string | undefined])[] {
  const { balance_usd: balance, burn_per_hr_usd: burn, hours_left: hours } = summary;
  const seen = summary.balance_at === null ? "" : `, seen ${agoWords(summary.balance_at, nowMs)}`;
  return [
    ["Last heard", heardWords(summary, nowMs)],
    ["When I step in", steppingInWords(summary, nowMs)],
    ["My own last look", ownLookWords(summary, nowMs)],
    ["Balance", balance === null ? "unknown" : `${usd(balance)}${seen}`],
    ["Burning", burn === null ? "unknown" : perHour(burn)],
    ["Time left", hours === null ? undefined : `about ${spanWords(hours * hourMs)}`],
    ["Thresholds crossed", crossedWords(summary, nowMs)],
    ...summary.budgets.map((each) => [`Budget ${each.name}`, budgetWords(each)] as const),
  ];
}

function heardWords({ beat }: Summary, nowMs: number): string | undefined {
  if (beat === null) return undefined;
  const late =
    beat.late_minutes > 0 ? `; the next is late by ${spanWords(beat.late_minutes * minuteMs)}` : "";
  return `${agoWords(beat.heard_at, nowMs)}, from ${beat.host}${late}`;
}

function steppingInWords(
  { on_silence: then, needed_from: from, acts, beat }: Summary,
  nowMs: number,
): string | undefined {
  if (then === null || from === null || acts !== null) return undefined;
  const does = then.acts === "guards" ? "and stop pods by its rules" : "and stop nothing";
  const because = then.because === null ? "" : `: ${then.because}`;
  const unless = beat?.is_blind === true ? "it sees again" : "it is heard";
  return `${whenWords(Date.parse(from), nowMs)}, unless ${unless} by then: I look myself ${does}${because}`;
}

function ownLookWords({ own_look: look }: Summary, nowMs: number): string | undefined {
  if (look === null) return undefined;
  const found = look.is_seen
    ? "it saw the account"
    : `it saw nothing: ${look.because ?? "unknown why"}`;
  return `${agoWords(look.at, nowMs)}; ${found}`;
}

function crossedWords({ thresholds }: Summary, nowMs: number): string | undefined {
  const crossed = thresholds.filter((each) => each.is === "fired");
  if (thresholds.length === 0) return undefined;
  if (crossed.length === 0) {
    return thresholds.some((each) => each.is === null) ? "unknown" : "none";
  }
  return crossed
    .map(({ name, below_usd: belowUsd, below_hours: belowHours, tripped_at: at }) => {
      const line = lineWords({
        belowUsd: belowUsd ?? undefined,
        belowHours: belowHours ?? undefined,
      });
      return `${name} (${line})${at === null ? "" : `, ${agoWords(at, nowMs)}`}`;
    })
    .join(" · ");
}

function budgetWords(budget: Summary["budgets"][number]): string {
  const { spent_usd: spent, limit_usd: limit, per, is_at_least: isAtLeast } = budget;
  if (spent === null) return `not counted yet; the limit is ${usd(limit)} a ${per}`;
  return `${isAtLeast ? "at least " : ""}${usd(spent)} of ${usd(limit)} a ${per}`;
}

function podsOf(summary: Summary, nowMs: number): Markup {
  const { pods, pods_because: because } = summary;
  const why = because === null ? undefined : html`<p class="warn">Not seen now: ${because}</p> `;
  if (pods === null)
    return html`<h2>Pods: unknown</h2>
      ${why}`;
  const running = pods.filter((each) => each.is_running !== false);
  const over = pods.length - running.length;
  const shown = running.slice(0, mostPods);
  const more = running.length - shown.length;
  return html`<h2>Pods running: ${running.length}</h2>
    ${why}${
      shown.length === 0
        ? undefined
        : html`<ol>
            ${shown.map((each) => podItem(each, nowMs))}
          </ol> `
    }${more === 0 ? undefined : html`<p class="soft">And ${more} more that run.</p> `}${
      over === 0 ? undefined : html`<p class="soft">Stopped: ${over}.</p> `
    }`;
}

function podItem(pod: SummaryPod, nowMs: number): Markup {
  const { id, name, status, cost_per_hr_usd: cost, uptime_minutes: upMinutes } = pod;
  const facts = [
    ...(status === null ? [] : [status]),
    cost === null ? "its cost is unknown" : perHour(cost),
    ...(upMinutes === null ? [] : [`up for ${spanWords(upMinutes * minuteMs)}`]),
  ];
  return html`<li>
    ${podWords({ id, name })} · ${facts.join(" · ")}<span class="soft"
      >${nextWords(pod, nowMs)}</span
    >
  </li> `;
}

function nextWords(
  { end_words: words, ends_at: at, lease_ends_at: lease }: SummaryPod,
  nowMs: number,
) {
  const said = words ?? "when it ends is unknown";
  const would = said.startsWith("would be ") ? said : `would be ${said}`;
  const end = at === null ? said : `${would}, ${whenWords(Date.parse(at), nowMs)}`;
  const leased =
    lease === null || lease === at ? "" : ` · lease ends ${whenWords(Date.parse(lease), nowMs)}`;
  return html`<br />${end}${leased}`;
}

function listOf(
  heading: string,
  items: readonly { readonly at?: string; readonly words: string }[],
): Markup | undefined {
  if (items.length === 0) return undefined;
  return html`<h2>${heading}</h2>
    <ol>
      ${items.map(
        ({ at, words }) =>
          html`<li>
            ${at === undefined ? undefined : html`<span class="soft">${at}</span><br />`}${words}
          </li> `,
      )}
    </ol> `;
}

/** `2 min ago`. */
function agoWords(at: string, nowMs: number): string {
  const agoMs = nowMs - Date.parse(at);
  return agoMs < secondMs ? "just now" : `${spanWords(agoMs)} ago`;
}
