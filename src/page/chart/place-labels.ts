/** A line that wants its name written above it. */
export interface Wanted {
  readonly y: number;
  readonly width: number;
}

export interface Placed {
  readonly left: number;
  readonly y: number;
}

const gap = 12;

/**
 * Where names are written that would cover each other, lines close together: one beside the other.
 * Undefined: there is no room left for it. In the order in which they came.
 */
export function placeLabels(
  wanted: readonly Wanted[],
  room: { readonly left: number; readonly right: number; readonly height: number },
): readonly (Placed | undefined)[] {
  const placed: (Placed & { readonly right: number })[] = [];
  return wanted.map(({ y, width }) => {
    const beside = placed.filter((each) => Math.abs(each.y - y) < room.height);
    const left = Math.max(room.left, ...beside.map((each) => each.right + gap));
    const right = left + width;
    if (right > room.right) return undefined;
    placed.push({ left, right, y });
    return { left, y };
  });
}
