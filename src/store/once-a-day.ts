const dayMs = 24 * 3_600_000;

/** Answers yes the first time, and then once a day. */
export function createOnceADay(nowMs: () => number): () => boolean {
  let lastAtMs = -Infinity;
  return () => {
    if (nowMs() - lastAtMs < dayMs) return false;
    lastAtMs = nowMs();
    return true;
  };
}
