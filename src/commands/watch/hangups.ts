import type { Context } from "#terminal/context.ts";

/** A SIGHUP of the time in which the daemon starts is handled when it can be. */
export function untilHandled(onHangup: Context["onHangup"]) {
  let isWaiting = false;
  let handler = (): void => {
    isWaiting = true;
  };
  onHangup(() => handler());
  return {
    handle(listener: () => void): void {
      handler = listener;
      if (isWaiting) listener();
    },
  };
}
