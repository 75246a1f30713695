import { programAt } from "#process/on-path.ts";
import type { Ask } from "./ask.ts";
import type { Machine } from "./machine.ts";

/** What keeps the daemon running on this machine. */
export interface ServiceKind {
  readonly kind: "systemd-user" | "launchd" | "none";
  /** Why there is none, and how to get one where that is possible. */
  readonly because?: string;
}

export async function kindOn(
  platform: NodeJS.Platform,
  machine: Machine,
  env: NodeJS.ProcessEnv,
  ask: Ask,
): Promise<ServiceKind> {
  if (platform === "darwin") return kindOnMac(machine, env, ask);
  if (platform !== "linux") return none(`there is no service for ${platform}`);
  return kindOnLinux(machine, env, ask);
}

async function kindOnLinux(
  machine: Machine,
  env: NodeJS.ProcessEnv,
  ask: Ask,
): Promise<ServiceKind> {
  const { hasSystemd, isWsl, uid, user, runtimeFolder } = machine;
  if (!hasSystemd) {
    return isWsl
      ? none(
          "this WSL runs without systemd. Write the two lines [boot] and systemd=true into /etc/wsl.conf (sudo), type wsl --shutdown in PowerShell, open this window again, and run setup again",
        )
      : none("this machine was not started by systemd, as in a container");
  }
  if (uid === 0 && (env["SUDO_USER"] ?? "") !== "") {
    return none(`this is root by sudo. Run setup as ${env["SUDO_USER"]}, without sudo`);
  }
  if ((await programAt("systemctl", env["PATH"])) === undefined) {
    return none("systemctl is not on PATH");
  }
  const enter = `sudo loginctl enable-linger ${user}, then log in again and run setup again`;
  if (runtimeFolder === undefined) {
    return none(`no systemd runs for ${user} here, as after su or sudo. Type: ${enter}`);
  }
  const answer = await ask(["systemctl", "--user", "show", "--property=Version", "--value"]);
  if (answer.isDone && answer.stdout !== "") return { kind: "systemd-user" };
  return none(`the systemd of ${user} does not answer (${answer.because}). Type: ${enter}`);
}

async function kindOnMac({ uid }: Machine, env: NodeJS.ProcessEnv, ask: Ask): Promise<ServiceKind> {
  if (uid === 0) return none("this is root. Run setup as yourself, without sudo");
  if ((await programAt("launchctl", env["PATH"])) === undefined) {
    return none("launchctl is not on PATH");
  }
  const answer = await ask(["launchctl", "print", `gui/${uid}`]);
  if (answer.isDone) return { kind: "launchd" };
  return none(
    "launchd has no session for you: nobody is logged in at this Mac's own screen. Log in there, and run setup again",
  );
}

function none(because: string): ServiceKind {
  return { kind: "none", because };
}
