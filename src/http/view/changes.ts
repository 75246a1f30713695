import type { Change } from "#http/deps.ts";

export interface Changes {
  /** Calls at each change, until the returned function is called. */
  readonly follow: (onChange: (change: Change) => void) => () => void;
  readonly tell: (change: Change) => void;
  readonly isFollowed: () => boolean;
}

/** Hands changes to all that follow; what one of them throws is theirs alone. */
export function createChanges(onBug: (error: unknown) => void): Changes {
  const followers = new Set<(change: Change) => void>();
  return {
    follow(onChange) {
      // Of its own, so that one who follows twice is told twice.
      const own = (change: Change): void => onChange(change);
      followers.add(own);
      return () => void followers.delete(own);
    },
    tell(change) {
      for (const each of followers) {
        try {
          each(change);
        } catch (error) {
          onBug(error);
        }
      }
    },
    isFollowed: () => followers.size > 0,
  };
}
