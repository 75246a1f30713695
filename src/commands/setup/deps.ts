import type { Settings } from "#config/settings.ts";
import type { Look } from "#guard/model/account.ts";
import type { Sent } from "#notify/channel.ts";
import type { Answers, Told } from "./answers/answers.ts";
import type { Given } from "./given.ts";
import type { Prompter } from "./prompter/prompter.ts";

/** What the interview is handed: everything beside the questions themselves. */
export interface InterviewDeps {
  readonly prompter: Prompter;
  readonly given: Given;
  /** Whether somebody is asked; else what is not given is taken as proposed. */
  readonly isAsked: boolean;
  /** An agent answers in a person's place: it is not asked what only people may say. */
  readonly isByAgent: boolean;
  /** The settings as they would be. Throws a UserError when they cannot be used. */
  readonly settingsWith: (answers: Partial<Answers>) => Promise<Settings>;
  /** Polls once. */
  readonly look: (settings: Settings) => Promise<Look>;
  /** Sends a test to whom these settings tell. */
  readonly sendTest: (settings: Settings, told: Told) => Promise<Sent>;
  /** Told of a test that has arrived, as far as anybody can know. */
  readonly onProven?: (told: Told) => void;
  readonly foundKey: FoundKey;
  readonly readKeyFile: (path: string) => Promise<string>;
  readonly keyFromStdin: () => Promise<string>;
  /** A topic that nobody can guess. */
  readonly newTopic: () => string;
  readonly service: ServiceHere;
  /** Where a page can be served that no other one is at, as the config writes it. */
  readonly freeListen: () => Promise<string>;
  /** The daemon of this state file on this machine. */
  readonly daemonPid: (settings: Settings) => Promise<number | undefined>;
  readonly isLinux: boolean;
}

/** The key that was found without asking, if there was one. */
export type FoundKey =
  | { readonly kind: "nowhere"; readonly because?: string }
  | {
      readonly kind: "config" | "env-file" | "shell" | "key-file";
      readonly apiKey: string;
      /** In words. */
      readonly from: string;
      /** Of the key file, as the config would name it. */
      readonly path?: string;
    };

type ServiceHere = () => Promise<{
  readonly kind: "systemd-user" | "launchd" | "none";
  readonly because?: string;
}>;
