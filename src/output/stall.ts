export interface Stall {
  /** Something waits from now on, if nothing did. */
  waits(): void;
  /** Something arrived; `isMore`: and more waits. */
  moved(isMore: boolean): void;
}

/** Tells, once, when what waits does not move for so long. */
export function createStall(limitMs: number, onFault: (because: string) => void): Stall {
  let timer: NodeJS.Timeout | undefined;

  function waits(): void {
    timer ??= setTimeout(
      () => onFault(`nothing could be written for ${limitMs / 1_000} s`),
      limitMs,
    ).unref();
  }

  return {
    waits,
    moved(isMore) {
      clearTimeout(timer);
      timer = undefined;
      if (isMore) waits();
    },
  };
}
