import type { Seen } from "#guard/model/account.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { extended } from "#guard/pods/rules/lease.ts";
import type { Clock } from "#ports.ts";
import type { Link, OnItLink, PodLink } from "./link.ts";
import { offersFor } from "./offers.ts";
import { type LinkKey, opened, sealed } from "./seal.ts";
import type { Spending, Use } from "./spending.ts";
import { type OnItStanding, onItStandingOf, type Standing, standingOf } from "./standing.ts";

/** Buttons for notifications, and what becomes of one that is pressed. */
export interface Links {
  /** Empty where nobody could reach them. The same again for the same notification. */
  readonly buttonsFor: (
    notice: Notify,
    look: Seen | undefined,
  ) => readonly { readonly label: string; readonly url: string }[];
  /** Undefined: it is none of ours. Changes nothing. */
  readonly read: (token: string) => ReadLink | undefined;
  /** Before that, whether one was used is not known. */
  readonly whenRead: Spending["whenRead"];
  readonly take: Spending["take"];
  readonly giveBack: Spending["giveBack"];
  readonly note: Spending["note"];
  /** Holds the reminders of it: done when that is saved. However often it is asked for, it is done once. */
  readonly hold: (link: OnItLink) => Promise<void>;
}

export type ReadLink = ReadPodLink | ReadOnItLink;

export interface ReadOnItLink {
  readonly kind: "on-it";
  readonly link: OnItLink;
  readonly standing: OnItStanding;
}

export interface ReadPodLink {
  readonly kind: "pod";
  readonly link: PodLink;
  readonly use: Use;
  readonly standing: Standing;
  /** When the lease would end, once extended. */
  readonly untilMs: number | undefined;
}

/** Where links lead, and what they are sealed with. */
export interface LinkDoor {
  readonly key: LinkKey;
  /** The address that stands before a token; undefined: nobody reaches it, so that no new one leads there. */
  readonly base: string | undefined;
}

export interface LinksDeps {
  /** The links of all of them are good; new ones lead to the first that is reached. */
  readonly doors: () => readonly LinkDoor[];
  readonly state: () => GuardState;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly spending: Spending;
  readonly hold: (link: OnItLink) => Promise<void>;
}

export function createLinks(deps: LinksDeps): Links {
  const { clock, spending } = deps;

  function untilOf({ action, hours = 0 }: PodLink, run: PodRun): number | undefined {
    const { lease } = deps.policy().podGuards;
    if (action !== "extend" || lease === undefined) return undefined;
    const answer = extended(run, lease, hours * hourMs, clock.nowMs());
    return answer.kind === "granted" ? answer.endsAtMs : undefined;
  }

  return {
    buttonsFor(notice, look) {
      const { key, base } = deps.doors().find((door) => door.base !== undefined) ?? {};
      if (key === undefined || base === undefined) return [];
      const known = { state: deps.state(), policy: deps.policy(), nowMs: clock.nowMs() };
      return offersFor(notice, look, known).flatMap(({ label, link }) => {
        const token = sealed(link, key);
        return token === undefined ? [] : [{ label, url: `${base}${token}` }];
      });
    },
    read(token) {
      const link = openedBy(token, deps.doors());
      if (link === undefined) return undefined;
      if (link.action === "on-it") {
        const standing = onItStandingOf(link, deps.state(), clock.nowMs());
        return { kind: "on-it", link, standing };
      }
      const standing = standingOf(link, deps.state(), clock.nowMs());
      const untilMs = standing.kind === "stands" ? untilOf(link, standing.run) : undefined;
      return { kind: "pod", link, use: spending.useOf(token, link), standing, untilMs };
    },
    whenRead: spending.whenRead,
    take: spending.take,
    giveBack: spending.giveBack,
    note: spending.note,
    hold: deps.hold,
  };
}

function openedBy(token: string, doors: readonly LinkDoor[]): Link | undefined {
  for (const { key } of doors) {
    const link = opened(token, key);
    if (link !== undefined) return link;
  }
  return undefined;
}
