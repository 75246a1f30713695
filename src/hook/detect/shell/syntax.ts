/** A part of a value that is not known, with the name of where it comes from between two of these. */
export const hole = "\uE000";
/** Where a shell splits what it filled in. */
export const split = "\uE001";
/** `{`, `,` and `}` that nobody quoted. */
export const brace = { open: "\uE004", comma: "\uE005", close: "\uE006" } as const;

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "parameter";
      readonly name: string;
      /** Before the name: `#` for its length, `!` for what it names. */
      readonly sign: string;
      /** Which of a list, between brackets. */
      readonly index: string | undefined;
      /** What is done with it: `:-`, `##`, `//`. */
      readonly operator: string;
      readonly operand: readonly Part[];
      readonly isQuoted: boolean;
    }
  | {
      readonly kind: "output";
      readonly items: readonly Item[];
      readonly source: string;
      readonly isQuoted: boolean;
    }
  | {
      readonly kind: "file";
      readonly items: readonly Item[];
      readonly source: string;
      /** `<(…)`, which is read; else `>(…)`. */
      readonly isRead: boolean;
    };

export type Word = readonly Part[];

export interface Assignment {
  readonly name: string;
  readonly words: readonly Word[];
  readonly isAdded: boolean;
}

export interface Redirect {
  readonly kind: "text" | "read" | "write";
  readonly target: Word;
}

export interface Command {
  readonly kind: "command";
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
  /** Its input is what the command before it puts out. */
  readonly isPiped: boolean;
}

/** What a shell would do, one after the other: which branch it takes is not looked at. */
export type Item =
  | Command
  | { readonly kind: "function"; readonly name: string; readonly body: readonly Item[] }
  | { readonly kind: "each"; readonly name: string; readonly words: readonly Word[] };

export interface Script {
  readonly items: readonly Item[];
  /** It was nested deeper than is read. */
  readonly isCutOff: boolean;
}
