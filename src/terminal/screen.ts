import type { Context, Screen } from "./context.ts";

const csi = "\u001b[";
/** The other screen, with no cursor, and with lines cut at its edge. */
const enter = `${csi}?1049h${csi}?25l${csi}?7l`;
const leave = `${csi}?7h${csi}?25h${csi}?1049l`;
const home = `${csi}H`;
const clearLine = `${csi}K`;
const clearBelow = `${csi}J`;

/** Shows one page after the other in the same place; `leave` gives the terminal back as it was. */
export interface Pages {
  show(page: (screen: Screen) => readonly string[]): void;
  leave(): void;
}

/**
 * Where standard output is no terminal, pages follow each other, a blank line between them. A page is
 * left out while earlier ones wait to be taken, as after Ctrl-S.
 */
export function pagesOn({
  print,
  screen,
  stdout,
}: Pick<Context, "print" | "screen" | "stdout">): Pages {
  if (screen() === undefined) {
    let isFirst = true;
    return {
      show(page) {
        if (stdout.writableNeedDrain) return;
        const text = page({ columns: Infinity, rows: Infinity }).join("\n");
        print(isFirst ? text : `\n${text}`);
        isFirst = false;
      },
      leave: () => undefined,
    };
  }
  let isEntered = false;
  return {
    show(page) {
      if (stdout.writableNeedDrain) return;
      const size = screen() ?? { columns: 80, rows: 24 };
      const begin = isEntered ? home : `${enter}${home}`;
      isEntered = true;
      // What is printed ends in a line end, so that the last row stays free.
      const lines = page(size).slice(0, size.rows - 1);
      print(`${begin}${lines.map((line) => `${clearLine}${line}`).join("\n")}${clearBelow}`);
    },
    leave() {
      if (isEntered) print(leave);
    },
  };
}
