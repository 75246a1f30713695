import { readFile, stat } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";

/** What decides whether a service can be installed here. */
export interface Machine {
  /** The first process is systemd. */
  readonly hasSystemd: boolean;
  /** Linux inside Windows. */
  readonly isWsl: boolean;
  readonly uid: number;
  readonly user: string;
  readonly home: string;
  /** Where the user's own systemd listens; undefined where there is no such folder. */
  readonly runtimeFolder: string | undefined;
  /** Whether the user's services stay when nobody is logged in. */
  readonly lingers: boolean;
}

/** Reads it. What cannot be read is not there. */
export async function thisMachine(env: NodeJS.ProcessEnv): Promise<Machine> {
  const { uid, user, home } = whoThisIs(env);
  const named = env["XDG_RUNTIME_DIR"];
  const runtime = named === undefined || named === "" ? `/run/user/${uid}` : named;
  const kernel = await readFile("/proc/version", "utf8").catch(() => "");
  return {
    hasSystemd: await isThere("/run/systemd/system"),
    isWsl: (env["WSL_DISTRO_NAME"] ?? "") !== "" || /microsoft/i.test(kernel),
    uid,
    user,
    home,
    runtimeFolder: (await isThere(runtime)) ? runtime : undefined,
    lingers: await isThere(join("/var/lib/systemd/linger", user)),
  };
}

/** A container may run as somebody who has no entry anywhere. */
function whoThisIs(env: NodeJS.ProcessEnv): Pick<Machine, "uid" | "user" | "home"> {
  const named = env["HOME"];
  try {
    const { uid, username: user, homedir: home } = userInfo();
    return { uid, user, home: named ?? home };
  } catch {
    const uid = process.getuid?.() ?? -1;
    return { uid, user: env["USER"] ?? String(uid), home: named ?? homedir() };
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
