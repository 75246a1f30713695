/** Somebody who answers questions. Each method throws `AskingEnded` when nobody does any more. */
export interface Prompter {
  /** Words between the questions. */
  readonly say: (words: string, kind?: Saying) => void;
  /** One line. `check` says what is wrong with it; undefined: nothing. */
  readonly text: (question: TextQuestion) => Promise<string>;
  /** The same, never shown. */
  readonly secret: (question: Omit<TextQuestion, "initial">) => Promise<string>;
  readonly choose: <Value extends string>(question: ChoiceQuestion<Value>) => Promise<Value>;
  /** Any number of them. */
  readonly chooseMany: (question: ManyQuestion) => Promise<readonly string[]>;
  readonly confirm: (question: Question & { readonly initial: boolean }) => Promise<boolean>;
  /** Gives the terminal back as it was. */
  readonly close: () => void;
}

/** plain: a fact; good: done; warning: what people should know; bad: what failed. */
type Saying = "plain" | "good" | "warning" | "bad";

export interface Question {
  readonly message: string;
  /** What answers it in a script: `--idle stop|notify`. */
  readonly option: string;
}

interface TextQuestion extends Question {
  readonly initial?: string | undefined;
  readonly check?: ((text: string) => string | undefined) | undefined;
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string | undefined;
}

interface ChoiceQuestion<Value extends string> extends Question {
  readonly choices: readonly Choice<Value>[];
  readonly initial?: Value | undefined;
}

interface ManyQuestion extends Question {
  readonly choices: readonly Choice<string>[];
  readonly initial: readonly string[];
}

/** Nobody answers any more: Ctrl-C and signals interrupt, an end of the input is a terminal that is gone. */
export class AskingEnded extends Error {
  readonly by: "interrupted" | "gone";

  constructor(by: AskingEnded["by"]) {
    super(by);
    this.name = "AskingEnded";
    this.by = by;
  }
}
