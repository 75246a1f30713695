/** Whether a shell's pattern fits a text; both are short, else it does not. */
export function fits(pattern: string, text: string): boolean {
  // More of them take longer to try than anything is worth.
  const stars = pattern.replaceAll(/\*+/g, "*").split("*").length - 1;
  if (pattern.length > 200 || text.length > 200 || (stars > 2 && text.length > 20)) return false;
  return new RegExp(`^${asSource(pattern)}$`, "is").test(text);
}

/** Takes off what a pattern fits, at the front or the back of a text. */
export function without(text: string, pattern: string, isFront: boolean, isLongest: boolean) {
  const cuts = Array.from({ length: text.length + 1 }, (_, at) => at);
  const fromLong = isFront === isLongest ? cuts.toReversed() : cuts;
  for (const cut of fromLong) {
    const [front, back] = [text.slice(0, cut), text.slice(cut)];
    if (fits(pattern, isFront ? front : back)) return isFront ? back : front;
  }
  return text;
}

function asSource(pattern: string): string {
  return pattern.replaceAll(/\*+/g, "*").replaceAll(/\[!?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === "*") return "[\\s\\S]*";
    if (part === "?") return "[\\s\\S]";
    if (part.length > 2 && part.startsWith("["))
      return `[${part.slice(1, -1).replace(/^!/, "^").replaceAll(/[\\[]/g, "\\$&")}]`;
    return part.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  });
}
