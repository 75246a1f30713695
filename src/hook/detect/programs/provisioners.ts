import type { Found } from "#hook/detect/found.ts";
import { mentionsRunPod, programName } from "./names.ts";

/** Programs that make what their files say, and the words with which they do. */
const verbs: Readonly<Record<string, readonly string[]>> = {
  terraform: ["apply"],
  tofu: ["apply"],
  terragrunt: ["apply", "run-all"],
  cdktf: ["deploy"],
  pulumi: ["up", "update"],
  sky: ["launch", "start", "jobs", "serve", "exec"],
  dstack: ["apply", "run"],
};

export function isProvisioner(word: string): boolean {
  return Object.hasOwn(verbs, programName(word));
}

/** Counts only where the line itself says RunPod: what their files say is not read. */
export function provisioner(argv: readonly string[], line: string): readonly Found[] {
  const program = programName(argv[0] ?? "");
  const verb = argv.slice(1).find((arg) => verbs[program]?.includes(arg));
  if (verb === undefined || !mentionsRunPod(line)) return [];
  return [
    {
      kind: "creates",
      what: "something",
      because: `${program} ${verb} creates what its files say at RunPod`,
    },
  ];
}
