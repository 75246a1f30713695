import { withKept } from "#guard/account/kept.ts";
import type { Settings } from "#config/settings.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import type { HttpInForce } from "#http/deps.ts";
import { createLinks, type LinkDoor, type Links } from "#http/links/links.ts";
import { linkKeyOf, outsideActBase, outsideLinkKeyOf } from "#http/links/seal.ts";
import { createSpending, type SpendingDeps } from "#http/links/spending.ts";
import { spentLinksFileOf } from "#store/paths.ts";
import { createSpentLinksFile, mostSpent } from "#store/spent-links-file.ts";
import type { Live } from "#wiring/live.ts";
import type { Clock } from "#ports.ts";

interface LinksParts {
  readonly live: Live;
  readonly clock: Clock;
  readonly state: () => GuardState;
  readonly take: (input: Input) => Promise<unknown>;
  /** Undefined while nothing is served: no button could be pressed there. */
  readonly inForce: () => HttpInForce | undefined;
}

/** The buttons of this process's notifications. Reads at once which were used before. */
export function realLinks({ live, clock, state, take, inForce }: LinksParts): Links {
  const { stateFile, dryRun } = live.settings();
  const onDisk = createSpentLinksFile(spentLinksFileOf(stateFile));
  // A dry run changes nothing, also not what a daemon beside it goes by.
  const file: SpendingDeps["file"] = dryRun
    ? { read: () => onDisk.read(), write: () => Promise.resolve() }
    : onDisk;
  return createLinks({
    doors: () => doorsOf(inForce(), live.settings()),
    state,
    policy: () => withKept(live.policy(), state()),
    clock,
    spending: createSpending({ clock, file, most: mostSpent }),
    async hold({ topic, madeAtMs }) {
      await take({ kind: "on-it", atMs: clock.nowMs(), topic, saidAtMs: madeAtMs });
    },
  });
}

/** The page where phones reach it, else the guard outside, which has them reach this one. */
function doorsOf(
  page: HttpInForce | undefined,
  { outside, dryRun }: Pick<Settings, "outside" | "dryRun">,
): readonly LinkDoor[] {
  const { publicUrl } = page ?? {};
  return [
    ...(page === undefined
      ? []
      : [{ key: linkKeyOf(page.token), base: publicUrl && `${publicUrl}/act/` }]),
    ...(outside === undefined || dryRun
      ? []
      : [
          {
            key: outsideLinkKeyOf(outside.beatKey, outside.account),
            base: outsideActBase(outside.url, outside.account),
          },
        ]),
  ];
}
