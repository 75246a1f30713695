import { accountOf } from "#config/accounts/account.ts";
import { edited } from "#config/editing/edit.ts";

/** The shipped example as it is to stand there: an account's files have their own places without being named. */
export function exampleFor(configPath: string, example: string): string {
  if (accountOf(configPath) === undefined) return example;
  return edited(
    example,
    ["state_file", "log_file"].map((key) => ({ path: [key], value: undefined })),
  );
}

/** The shipped example with a file in the place of the variable that it names. */
export function withKeyFile(example: string, keyFile: string): string {
  return example
    .replace(/^ {2}\/\/ The RunPod API key is read from this environment variable[^\n]*\n/m, "")
    .replace(
      /"api_key_env": "RUNPOD_API_KEY"/,
      `"api_key_file": ${JSON.stringify(keyFile).replaceAll("$", "$$$$")}`,
    );
}
