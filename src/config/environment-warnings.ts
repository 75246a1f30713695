import { delimiter, isAbsolute } from "node:path";

/** What the environment says that makes this program, or what it calls, less safe than it looks. */
export function environmentWarnings(env: NodeJS.ProcessEnv): readonly string[] {
  return [...tlsWarnings(env), ...debugWarnings(env), ...pathWarnings(env)];
}

function tlsWarnings(env: NodeJS.ProcessEnv): readonly string[] {
  const options = env["NODE_OPTIONS"] ?? "";
  return [
    ...(env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0"
      ? [
          "NODE_TLS_REJECT_UNAUTHORIZED is 0: the API key goes to anyone who answers in RunPod's name. Unset it; for a certificate of your own set NODE_EXTRA_CA_CERTS",
        ]
      : []),
    ...(/--tls-keylog\b/.test(options)
      ? ["NODE_OPTIONS has --tls-keylog: what is sent to RunPod can be decrypted. Remove it"]
      : []),
  ];
}

/** Node prints what it sends, headers included, past everything that takes secrets out. */
function debugWarnings(env: NodeJS.ProcessEnv): readonly string[] {
  const told = (env["NODE_DEBUG"] ?? "")
    .split(",")
    .map((each) => each.trim().toLowerCase())
    .filter((each) => /^(https?|net|tls|stream|\*)/.test(each));
  return told.length === 0
    ? []
    : [`NODE_DEBUG has ${told.join(", ")}: Node itself may print the API key. Unset it`];
}

/** Programs are never looked for there; people should know, as their shell does. */
function pathWarnings(env: NodeJS.ProcessEnv): readonly string[] {
  const relative = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => env["PATH"] !== "" && env["PATH"] !== undefined && !isAbsolute(folder));
  if (relative.length === 0) return [];
  const shown = relative.map((folder) => JSON.stringify(folder)).join(", ");
  return [
    `PATH has entries that are no absolute paths (${shown}): a file in the working folder could stand in for a program. They are passed over; remove them`,
  ];
}
