/**
 * What people call topics, pods, thresholds and channels here. Only what holds one of these words counts as
 * chosen by a person: of letters alone nobody can tell whether they were drawn at random.
 */
const known: ReadonlySet<string> = new Set(
  `account ai alarm alarms alert alerts alerting ape api app balance batch bill billing bot boss box budget
  build burn central channel check cloud cluster company compute cost costs credit credits critical daemon
  data demo desk dev develop emergency eval events experiment experiments finetune fleet gpu gpus guard
  guards home hook hooks host idle important inference infra info job jobs lab labs lease limit live llama
  llm llms local low machine mail main message messages ml mobile model models money monitor monitoring my
  night nightly node notebook notice notices notification notifications notify office ops our overnight
  pager personal phone pod pods private prod production project public push rent research run runner
  running runpod runpodboss runs sandbox server servers service services shared slack spend spending
  staging status stop sweep system team test testing tests threshold timeout topic train trainer training
  update updates urgent usage vision vllm warn warning warnings watch watcher web work worker workers
  workspace zero`.split(/\s+/),
);

const longestWord = 14;
const word = /^(\p{Lu}?\p{Ll}+|\p{Lu}+)$/u;

/**
 * The end of the words at the start of a secret that a person has chosen: `gpu-alerts-` of
 * `gpu-alerts-7Hq2x`. Of one that is all words, the last is not counted. 0 where there are none.
 */
export function wordsAtStart(secret: string): number {
  return wordyLength(secret.split(/(?<=[-_. /])/));
}

/** The same of its end, from behind. */
export function wordsAtEnd(secret: string): number {
  return wordyLength(secret.split(/(?=[-_. /])/).toReversed());
}

/** Of parts with what separates them, all but the last: it is what nobody should know. */
function wordyLength(parts: readonly string[]): number {
  const bare = parts.map((part) => part.replace(/^[-_. /]|[-_. /]$/g, ""));
  const end = bare.findIndex((part, n) => n === parts.length - 1 || !isWord(part));
  const words = bare.slice(0, end);
  if (!words.some((each) => known.has(each.toLowerCase()))) return 0;
  return parts.slice(0, end).join("").length;
}

/** Or a small number, as in `team-2`; or nothing, between two separators. */
function isWord(part: string): boolean {
  return /^\d{0,4}$/.test(part) || (part.length <= longestWord && word.test(part));
}
