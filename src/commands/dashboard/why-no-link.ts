import { unreadWords } from "#operations/unread-words.ts";
import { unreadBy } from "#config/in-force.ts";
import type { Settings } from "#config/settings.ts";
import { UserError } from "#errors.ts";
import { identityOf } from "#process/identity.ts";
import { daemonConfigOf } from "#config/daemon-config.ts";
import { savedState } from "#report/snapshot.ts";
import { watcherOf } from "#store/lock/pid-lock.ts";

/** Why the page cannot be opened, by what the daemon says of itself, and what to do. */
export async function whyNoLink(
  settings: Settings,
  command: string,
  because: string,
): Promise<UserError> {
  const { stateFile, configPath } = settings;
  const [pid, { saved }] = await Promise.all([
    watcherOf(stateFile, identityOf),
    savedState(stateFile),
  ]);
  if (pid === undefined) {
    return new UserError("The daemon is NOT RUNNING, so nothing is served.", {
      hint: `Start it: ${command} watch, or systemctl --user start runpodboss`,
    });
  }
  const inForce = saved.inForce?.pid === pid ? saved.inForce : undefined;
  const daemonConfig = await daemonConfigOf(saved, pid, configPath);
  if (typeof daemonConfig === "object") {
    const { path } = daemonConfig;
    return new UserError(
      `The daemon (pid ${pid}) of this state_file runs with another config: ${path}.`,
      { hint: `Then try: runpodboss --config ${path} dashboard` },
    );
  }
  const unread = inForce && unreadBy(inForce, settings);
  if (unread?.keys.includes("http") === true) {
    return new UserError(`The daemon (pid ${pid}) does not serve what the config says.`, {
      hint: unreadWords(unread),
    });
  }
  const trouble = Object.entries(saved.troubles ?? {}).find(([what]) =>
    what.startsWith("the page"),
  );
  return new UserError(
    `The daemon (pid ${pid}) runs, and the page cannot be opened: ${trouble?.[1].because ?? because}.`,
    { hint: "The log says more. After a change of the config or of a token, reload the daemon." },
  );
}
