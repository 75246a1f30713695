import type { PodRun } from "#guard/model/run.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { leaseEndMs } from "#guard/pods/rules/lease.ts";
import { perHour, plainNumber, spanWords, usd } from "#guard/text.ts";
import { html } from "hono/html";
import { type ActPage, factsList } from "#http/links/act-page.ts";
import type { PodLink } from "#http/links/link.ts";
import { askedWords, formOf, whenWords } from "#http/links/question-page.ts";
import type { Doer, Known } from "./known.ts";
import type { Wish } from "./wish.ts";

/** Not of this account, or not whole; which of these is nobody's business. */
export const strangePage: ActPage = {
  title: "This button is unknown here",
  body: html`<p>
      Its address is not whole, or it was made before the key was changed. Nothing was changed.
    </p>
    <p class="soft">Open it from the notification again.</p> `,
};

export function gonePage(because: string): ActPage {
  return {
    title: "This button is gone",
    body: html`<p>${capital(because)}. Nothing was changed.</p>
      <p class="soft">A newer notification has buttons of its own.</p> `,
  };
}

interface Asked {
  readonly link: PodLink;
  readonly run: PodRun;
  readonly known: Known;
  /** It was pressed already, and this is why nothing was done. */
  readonly before: Wish | undefined;
}

/** Asks before anything is kept: what, to which pod, what it costs or loses, and by when it is done. */
export function phoneQuestion({ link, run, known, before }: Asked): ActPage {
  const { nowMs, orders, doer } = known;
  const { costPerHrUsd, gpuType } = run;
  const ranMs = Math.max(0, nowMs - run.startedAtMs);
  const cost = costPerHrUsd === undefined ? "unknown per hour" : perHour(costPerHrUsd);
  const far = costPerHrUsd === undefined ? "" : ` · ${usd((costPerHrUsd * ranMs) / hourMs)} so far`;
  return {
    title: `${askedWords(link, run)}?`,
    body: html`${
      before?.words === undefined
        ? undefined
        : html`<p class="warn">It was pressed already, and was not done: ${before.words}</p> `
    }${factsList([
      ["It runs", `for ${spanWords(ranMs)}${gpuType === undefined ? "" : ` · ${gpuType}`}`],
      ["It costs", `${cost}${far}`],
      ["Left as it is", leftWords(link, run, known)],
      consequenceOf(link, run),
      ["When it is done", doneWhen(doer)],
    ])}${formOf(link, orders.isDry)}`,
  };
}

/** It is written down, and waits. */
export function askedPage({ asked, words, wasAsked }: Wish, doer: Doer): ActPage {
  return {
    title: `Asked for: ${asked}`,
    body: html`<p>${waitWords(doer)}</p>
      ${words === undefined ? undefined : html`<p class="soft">${capital(words)}.</p> `}${
        wasAsked ? html`<p class="soft">RunPod was asked; the proof is awaited.</p> ` : undefined
      }
      <p class="soft">This page shows what comes of it; it goes on without the page, too.</p> `,
  };
}

export function donePage({ asked, words = "it was done" }: Wish): ActPage {
  return {
    title: `Done: ${asked}`,
    body: html`<p class="done">${capital(words)}</p>
      <p class="soft">This button was used, and is good no more.</p> `,
  };
}

/** Nothing more comes of it, and it cannot be asked for again. */
export function notDonePage({ asked, words = "why is not known" }: Wish): ActPage {
  return {
    title: `Not done: ${asked}`,
    body: html`<p class="warn">${capital(words)}</p>
      <p class="soft">A newer notification has buttons of its own.</p> `,
  };
}

export function doneWhen(doer: Doer): string {
  switch (doer.kind) {
    case "here":
      return "at once, from here";
    case "machine":
      return `by the guard on ${doer.host}, ${heardWords(doer.withinMs)}`;
    case "silent-machine":
      return `when the guard on ${doer.host} is back: it is silent, and nothing is done from here`;
  }
}

function waitWords(doer: Doer): string {
  switch (doer.kind) {
    case "here":
      return "It is being done from here.";
    case "machine":
      return `It reaches the guard on ${doer.host} ${heardWords(doer.withinMs)}.`;
    case "silent-machine":
      return `The guard on ${doer.host} is silent, and nothing is done from here. It is done when that is back, if it is still to be done then.`;
  }
}

function heardWords(withinMs: number): string {
  return `with its next beat, in at most ${spanWords(Math.max(minuteMs, withinMs))}`;
}

function leftWords({ about }: PodLink, run: PodRun, { orders, nowMs }: Known): string | undefined {
  const endsAtMs = about.kind === "guard" ? run.warnedOfMs?.[about.guard] : undefined;
  if (about.kind === "guard" && endsAtMs !== undefined) {
    return `it is ended by the ${about.guard.replace("_", " ")} guard ${whenWords(endsAtMs, nowMs)}`;
  }
  const { lease } = orders.policy.podGuards;
  const leasedMs = lease && leaseEndMs(run, lease);
  return leasedMs === undefined ? undefined : `its lease ends ${whenWords(leasedMs, nowMs)}`;
}

function consequenceOf(
  { action, hours = 0 }: PodLink,
  { costPerHrUsd }: PodRun,
): readonly [string, string] {
  switch (action) {
    case "stop":
      return ["Stopping it", "what is not on a volume is lost"];
    case "extend": {
      const more = costPerHrUsd === undefined ? "unknown" : usd(costPerHrUsd * hours);
      return ["Extending it", `${plainNumber(hours)} h more cost up to ${more}`];
    }
    case "touch":
      return ["Keeping it", "it counts as active from now on: its idle time begins anew"];
  }
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
