import { UserError } from "#errors.ts";
import type { ChannelType } from "#notify/settings.ts";
import {
  type Answers,
  type ChannelEntry,
  type ChosenKey,
  nameOf,
  type Told,
} from "#commands/setup/answers/answers.ts";
import { type Current, listAt, toldOf } from "#commands/setup/answers/current.ts";
import type { InterviewDeps } from "#commands/setup/deps.ts";
import { askChannel, channelTypes, topicWords } from "./channel-questions.ts";
import { splitWords } from "./split-words.ts";

type Way = ChannelType | "command" | "as-it-is" | "none";

const option = "--channel TYPE, or --channel none";
const testOption = "--no-test";

/** Asks how people are told, and proves it: a test that somebody has seen arrive. */
export async function channelStep(
  current: Current,
  key: ChosenKey,
  deps: InterviewDeps,
): Promise<Told> {
  const { given, isAsked } = deps;
  if (given.channel !== undefined) {
    const told = givenTold(given.channel, current, deps);
    await provenUnattended(told, key, deps);
    return told;
  }
  if (!isAsked) return { kind: "as-it-is" };
  for (;;) {
    const told = await askTold(current, deps);
    if (told.kind === "as-it-is") return told;
    if (told.kind === "none") {
      deps.prompter.say(
        "Nobody will be told of anything. Run setup again to change that.",
        "warning",
      );
      return told;
    }
    const fault = await faultOf({ key, told }, deps);
    if (fault !== undefined) {
      deps.prompter.say(fault, "bad");
      continue;
    }
    if (given.test === false || (await isProven(told, key, deps))) return told;
  }
}

function givenTold(
  channel: NonNullable<InterviewDeps["given"]["channel"]>,
  current: Current,
  { prompter, newTopic }: InterviewDeps,
): Told {
  switch (channel.kind) {
    case "none":
      return { kind: "none" };
    case "command":
      return channel;
    case "channel": {
      const { type, entry } = channel;
      const isTopicOpen =
        type === "ntfy" && !Object.keys(entry).some((key) => key.startsWith("url"));
      if (!isTopicOpen) return { kind: "channel", channel: { ...entry, type } };
      const addressed = addressOf(current, { ...entry, type });
      // Whoever listens to a topic would not hear of a new one.
      if (addressed !== undefined)
        return { kind: "channel", channel: { ...addressed, ...entry, type } };
      const topic = newTopic();
      prompter.say(topicWords("https://ntfy.sh", topic));
      return { kind: "channel", channel: { type, url: `https://ntfy.sh/${topic}`, ...entry } };
    }
  }
}

/** Where the ntfy channel of this name sends to, as the config has it and the options do not say otherwise. */
function addressOf(
  { raw }: Current,
  given: ChannelEntry,
): Readonly<Record<string, unknown>> | undefined {
  const found = listAt(raw, "notify")
    .filter((entry): entry is ChannelEntry => typeof entry === "object" && entry !== null)
    .find((entry) => entry.type === given.type && nameOf(entry) === nameOf(given));
  const isTokenGiven = Object.keys(given).some((key) => key.startsWith("token"));
  const kept = isTokenGiven ? /^url(_env|_file)?$/ : /^(url|token)(_env|_file)?$/;
  return found && Object.fromEntries(Object.entries(found).filter(([key]) => kept.test(key)));
}

/** Throws where the service takes no test: nothing was written yet. */
async function provenUnattended(told: Told, key: ChosenKey, deps: InterviewDeps): Promise<void> {
  const settings = await deps.settingsWith({ key, told });
  if (told.kind === "none" || told.kind === "as-it-is" || deps.given.test === false) return;
  const sent = await deps.sendTest(settings, told);
  switch (sent.kind) {
    case "sent":
      deps.onProven?.(told);
      deps.prompter.say(`A test was sent. The answer: ${sent.answer}`, "good");
      return;
    case "failed":
      throw new UserError(`The test could not be sent: ${sent.because}. Nothing was written.`, {
        hint: "Correct what the channel is given, or leave the test out with --no-test.",
      });
    case "interrupted":
  }
}

async function askTold(
  current: Current,
  { prompter, newTopic, isLinux }: InterviewDeps,
): Promise<Told> {
  const { channels, hasCommand } = toldOf(current);
  const now = [...channels, ...(hasCommand ? ["the notify command"] : [])];
  const way = await prompter.choose<Way>({
    message: "How do you want to be told?",
    option,
    choices: [
      ...(now.length === 0
        ? []
        : [{ value: "as-it-is", label: `As now: ${now.join(", ")}` } as const]),
      ...channelTypes,
      { value: "command", label: "A notify command", hint: "a program of yours" },
      ...(now.length === 0 ? [{ value: "none", label: "Not at all" } as const] : []),
    ],
  });
  switch (way) {
    case "as-it-is":
    case "none":
      return { kind: way };
    case "command":
      return { kind: "command", command: await askCommand(prompter, isLinux) };
    default:
      return { kind: "channel", channel: await askChannel(way, prompter, newTopic) };
  }
}

async function askCommand(
  prompter: InterviewDeps["prompter"],
  isLinux: boolean,
): Promise<readonly string[]> {
  const typed = await prompter.text({
    message: "The program and its arguments; {message} is filled in:",
    option,
    initial: isLinux ? "notify-send RunPod {message}" : "",
    check: (text) => {
      const words = splitWords(text);
      return "fault" in words ? words.fault : undefined;
    },
  });
  const words = splitWords(typed);
  return "words" in words ? words.words : [];
}

async function faultOf(
  answers: Partial<Answers>,
  deps: InterviewDeps,
): Promise<string | undefined> {
  try {
    await deps.settingsWith(answers);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Whether this channel is taken; else another one is asked for. */
async function isProven(told: Told, key: ChosenKey, deps: InterviewDeps): Promise<boolean> {
  const { prompter } = deps;
  const isWanted = await prompter.confirm({
    message: "Send a test now?",
    option: testOption,
    initial: true,
  });
  if (!isWanted) return true;
  for (;;) {
    const sent = await deps.sendTest(await deps.settingsWith({ key, told }), told);
    const answer =
      sent.kind === "sent"
        ? `The test was taken. The answer: ${sent.answer}`
        : sent.kind === "failed"
          ? `The test could not be sent: ${sent.because}`
          : "interrupted";
    prompter.say(answer, sent.kind === "sent" ? "good" : "bad");
    const hasArrived =
      sent.kind === "sent" &&
      (await prompter.confirm({
        message: "Did it arrive? (No is for now: look at your phone first)",
        option: testOption,
        initial: false,
      }));
    if (hasArrived) {
      deps.onProven?.(told);
      return true;
    }
    if (sent.kind === "sent") prompter.say(answer);
    const next = await prompter.choose<"again" | "other" | "go-on">({
      message: "What now?",
      option: testOption,
      choices: [
        { value: "again", label: "Send it again" },
        { value: "other", label: "Choose again how to be told" },
        { value: "go-on", label: "Go on all the same", hint: "you may hear nothing" },
      ],
    });
    if (next !== "again") return next === "go-on";
  }
}
