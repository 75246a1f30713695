/** More than this overflows in `setTimeout`, which then fires at once. */
const longestDelayMs = 2 ** 31 - 1;

/** Calls `onTime` once, however far away; the returned function calls it off. */
export function startTimer(delayMs: number, onTime: () => void): () => void {
  const dueMs = performance.now() + delayMs;
  let timer: NodeJS.Timeout;

  const arm = (): void => {
    const leftMs = dueMs - performance.now();
    timer = leftMs > longestDelayMs ? setTimeout(arm, longestDelayMs) : setTimeout(onTime, leftMs);
  };
  arm();

  return () => {
    clearTimeout(timer);
  };
}
