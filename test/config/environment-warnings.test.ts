import { describe, expect, it } from "vitest";
import { environmentWarnings } from "#config/environment-warnings.ts";

describe("what an environment makes less safe than it looks is told", () => {
  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    [
      "certificates are not looked at",
      { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      /API key goes to anyone/,
    ],
    [
      "the keys of connections are written down",
      { NODE_OPTIONS: "-r x --tls-keylog=/k" },
      /can be decrypted/,
    ],
    ["Node prints what it sends", { NODE_DEBUG: "fs, http" }, /NODE_DEBUG has http: /],
    ["Node prints everything", { NODE_DEBUG: "*" }, /NODE_DEBUG has \*: /],
    ["programs are looked for where we are", { PATH: "/usr/bin:." }, /\("\."\).*working folder/],
    ["an empty entry means the same", { PATH: "/usr/bin:" }, /\(""\)/],
    ["a folder below it does too", { PATH: "node_modules/.bin:/usr/bin" }, /"node_modules\/\.bin"/],
  ])("%s", (_sentence, env, words) => {
    expect(environmentWarnings(env)).toEqual([expect.stringMatching(words)]);
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ["nothing is set", {}],
    ["an empty PATH", { PATH: "" }],
    ["certificates are looked at", { NODE_TLS_REJECT_UNAUTHORIZED: "1" }],
    ["more certificates", { NODE_EXTRA_CA_CERTS: "/ca.pem" }],
    ["Node prints what is none of ours", { NODE_DEBUG: "fs,module" }],
    ["a plain PATH", { PATH: "/usr/local/bin:/usr/bin" }],
  ])("nothing is said when: %s", (_sentence, env) => {
    expect(environmentWarnings(env)).toEqual([]);
  });
});
