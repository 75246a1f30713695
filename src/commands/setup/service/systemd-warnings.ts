import type { Ask } from "./ask.ts";
import type { Machine } from "./machine.ts";
import type { Told } from "./told.ts";

/** Has the user's services stay when nobody is logged in; what it means where that is refused. */
export async function stayingWarning(
  { lingers, user }: Pick<Machine, "lingers" | "user">,
  ask: Ask,
): Promise<Told | undefined> {
  if (lingers) return undefined;
  // Never a question for a password that nobody sees.
  const allowed = await ask(["loginctl", "--no-ask-password", "enable-linger", user]);
  if (allowed.isDone) return undefined;
  return {
    because: `The guard ends when you log out, and starts only when you log in: staying was refused (${allowed.because})`,
    hint: `Then try: sudo loginctl enable-linger ${user}`,
  };
}

/** Windows ends Linux when no window is open, services or not. */
export function wslWarning(
  { isWsl }: Pick<Machine, "isWsl">,
  env: NodeJS.ProcessEnv,
): readonly Told[] {
  if (!isWsl) return [];
  const name = env["WSL_DISTRO_NAME"] ?? "";
  const distro = name === "" ? "" : ` -d ${name}`;
  return [
    {
      because:
        "Windows ends WSL, and the guard in it, seconds after its last window closes, and starts it only when you open one",
      hint: `In %UserProfile%\\.wslconfig write instanceIdleTimeout=-1 below [general] and vmIdleTimeout=-1 below [wsl2], type wsl --shutdown in PowerShell, and have Windows run "wsl.exe${distro} --exec true" at each log-in: docs/service.md says how.`,
    },
  ];
}
