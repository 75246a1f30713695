import { expect, it } from "vitest";
import { inCommand } from "#hook/detect/in-command.ts";
import { inQuotes } from "./ways.ts";

it.each([
  [
    "runpodctl create pod --name trainer --gpuType 'NVIDIA A100' --imageName x/y:1",
    {
      kind: "creates",
      what: "pod",
      asked: { gpu: "NVIDIA A100", image: "x/y:1", name: "trainer" },
      because: "runpodctl create pod creates a pod",
    },
  ],
  [
    "runpodctl pod create --gpu-id=NVIDIA_A100 --image=x",
    { kind: "creates", what: "pod", asked: { gpu: "NVIDIA_A100", image: "x" } },
  ],
  ["runpodctl pod start k3j9x2ab", { kind: "starts", what: "pod", podId: "k3j9x2ab" }],
  ["runpodctl start pod k3j9x2ab --bid 0.2", { kind: "starts", what: "pod", podId: "k3j9x2ab" }],
  ["runpodctl sls create --name x", { kind: "creates", what: "endpoint" }],
  ["runpodctl project deploy", { kind: "creates", what: "something" }],
  [
    `curl https://rest.runpod.io/v1/pods -d '{"name":"a","imageName":"b","gpuTypeIds":["NVIDIA L4"]}'`,
    { kind: "creates", what: "pod", asked: { gpu: "NVIDIA L4", image: "b", name: "a" } },
  ],
  [
    "curl -X POST https://rest.runpod.io/v1/pods/k3j9x2ab/start",
    { kind: "starts", what: "pod", podId: "k3j9x2ab" },
  ],
  ["curl -X POST https://api.runpod.io/v2/clusters", { kind: "creates", what: "cluster" }],
  [
    `python3 -c 'import runpod; runpod.resume_pod("k3j9x2ab", 1)'`,
    { kind: "starts", what: "pod", podId: "k3j9x2ab" },
  ],
])("reads of %s what it asks for", (line, expected) => {
  expect(inCommand(line)).toEqual([expect.objectContaining(expected)]);
});

it("finds each thing of a line that does several", () => {
  const found = inCommand("runpodctl pod start a1 && runpodctl pod start b2; runpodctl pod create");

  expect(found.map(({ kind, podId }) => [kind, podId])).toEqual([
    ["starts", "a1"],
    ["starts", "b2"],
    ["creates", undefined],
  ]);
});

it("reads no id where a variable stands", () => {
  expect(inCommand("runpodctl pod start $ID")[0]).not.toHaveProperty("podId");
});

const harmless: readonly string[] = [
  "",
  "ls -la",
  "runpodctl",
  "runpodctl --version",
  "runpodctl version",
  "runpodctl doctor",
  "runpodctl help create pod",
  "runpodctl create --help",
  "runpodctl create pod --help",
  "runpodctl create pod -h",
  "runpodctl pod create --help | less",
  "runpodctl get pod",
  "runpodctl get pod k3j9x2ab --allfields",
  "runpodctl get cloud",
  "runpodctl pod list -o json",
  "runpodctl pod get k3j9x2ab",
  "runpodctl pod stop k3j9x2ab",
  "runpodctl stop pod k3j9x2ab",
  "runpodctl pod delete k3j9x2ab",
  "runpodctl remove pod k3j9x2ab",
  "runpodctl remove pods trainer --podCount 2",
  "runpodctl pod update k3j9x2ab --name created",
  "runpodctl stop pod $ID",
  "runpodctl serverless list",
  "runpodctl sls update abc --workers-min 0",
  "runpodctl sls update abc --workers-max 5",
  "runpodctl template create --name x --image y",
  "runpodctl volume create --name x --size 10",
  "runpodctl registry create --name x",
  "runpodctl project create --name x",
  "runpodctl project build",
  "runpodctl send model.tar",
  "runpodctl receive 8338-some-code",
  "runpodctl config --apiKey $RUNPOD_API_KEY",
  "runpodctl ssh info k3j9x2ab",
  "runpodctl gpu list",
  "runpodctl billing pods",
  "runpodctl pod list -o json | jq -r '.[].id' | xargs -n1 runpodctl pod stop",
  'for id in $(runpodctl pod list -o json | jq -r ".[].id"); do runpodctl pod stop "$id"; done',
  "if command -v runpodctl > /dev/null; then runpodctl pod list; fi",
  'rp() { runpodctl "$@"; }; rp pod list',
  'pods=$(runpodctl pod list); echo "$pods" | grep create',
  "runpodboss start --gpu 4090 --image x --hours 2 --name trainer -y",
  "runpodboss start --gpu 'RTX 4090' --image runpod/pytorch --hours 2",
  "runpodboss status && runpodboss extend k3j9x2ab 2",
  "runpodboss stop k3j9x2ab -y",
  "runpodboss watch --once",
  "echo runpodctl create pod",
  'echo "to make one: runpodctl create pod"',
  "printf 'runpodctl create pod\\n' > notes.txt",
  "grep -r 'runpodctl create' .",
  "grep -rn runpodctl create pod .",
  'rg "runpodctl create pod" src docs | head',
  "timeout 5 grep -rn runpodctl create pod",
  "find . -name '*.sh' -exec grep -l 'runpodctl create pod' {} +",
  "git grep 'runpodctl pod create'",
  'git commit -m "runpodctl create pod is refused now"',
  "git commit -F - <<'E'\nrunpodctl create pod is refused\nE",
  "git log --grep 'runpodctl create pod'",
  "git clone https://github.com/runpod/runpodctl && cd runpodctl && make build",
  'gh pr create --title "Refuse runpodctl create pod" --body "runpodctl create pod"',
  "gh issue list --search 'podFindAndDeployOnDemand'",
  "man runpodctl",
  "which runpodctl",
  "type -a runpodctl",
  "# runpodctl create pod\nls",
  "ls # then runpodctl create pod",
  "sed -n '/runpodctl create pod/p' README.md",
  "cat docs/runpodctl-create-pod.md",
  "cat > notes.md <<'E'\nrunpodctl create pod\nE",
  "tee notes.md <<< 'runpodctl create pod'",
  "diff <(echo runpodctl create pod) notes.md",
  "test -x /usr/local/bin/runpodctl && echo create",
  "[ \"$x\" = 'runpodctl create pod' ] || exit 1",
  "x='runpodctl create pod'",
  "export HELP='runpodctl create pod'",
  'notify-send "runpodctl create pod finished"',
  "brew install runpod/runpodctl/runpodctl",
  "pip install runpod",
  "wget -qO- cli.runpod.net | sudo bash",
  'curl -s https://rest.runpod.io/v1/pods -H "Authorization: Bearer $RUNPOD_API_KEY"',
  "curl -s https://docs.runpod.io/reference/create-pod | grep -i post",
  "curl -X DELETE https://rest.runpod.io/v1/pods/k3j9x2ab",
  "curl -X POST https://rest.runpod.io/v1/pods/k3j9x2ab/stop",
  `curl -X POST https://api.runpod.io/v2/pods/k3j9x2ab/action -d '{"action":"stop"}'`,
  `curl -X PATCH https://rest.runpod.io/v1/pods/k3j9x2ab -d '{"name":"y"}'`,
  `curl -X PATCH https://rest.runpod.io/v1/endpoints/abc -d '{"workersMin":0}'`,
  `curl -X POST https://rest.runpod.io/v1/templates -d '{"name":"x"}'`,
  `curl -X POST https://rest.runpod.io/v1/networkvolumes -d '{"size":10}'`,
  `curl https://api.runpod.io/graphql -d '{"query":"query { myself { pods { id } } }"}'`,
  `curl https://api.runpod.io/graphql -d '{"query":"{ gpuTypes { id lowestPrice(input: {gpuCount: 1}) { stockStatus } } }"}'`,
  `curl https://api.runpod.io/graphql -d "{\\"query\\":\\"query { pod(input: {podId: \\\\\\"$ID\\\\\\"}) { id } }\\"}"`,
  `curl https://api.runpod.io/graphql -d '{"query":"mutation { podStop(input: {podId: \\"x\\"}) { id } }"}'`,
  `curl https://api.runpod.io/graphql -d '{"query":"mutation { podTerminate(input: {podId: \\"x\\"}) }"}'`,
  `curl -X POST https://api.runpod.ai/v2/abc/run -d '{"input":{"prompt":"create a pod"}}'`,
  'curl -X POST https://api.runpod.ai/v2/abc/runsync -H "Authorization: Bearer $RUNPOD_API_KEY" -d @in.json',
  "curl https://api.runpod.ai/v2/abc/openai/v1/chat/completions -d @chat.json",
  "curl -X POST https://k3j9x2ab-8000.proxy.runpod.net/v1/completions -d '{}'",
  'curl -X POST https://example.com/v1/pods -d \'{"name":"x"}\'',
  "http GET https://rest.runpod.io/v1/pods",
  "wget https://rest.runpod.io/v1/pods",
  `python3 -c 'import runpod; print(runpod.get_pods())'`,
  `python3 -c 'import runpod; runpod.stop_pod("x"); runpod.terminate_pod("x")'`,
  `python3 -c 'import requests; print(requests.get("https://rest.runpod.io/v1/pods").json())'`,
  `python3 -c 'import runpod; runpod.Endpoint("abc").run({"prompt": "x"})'`,
  `python3 -c 'print("runpodctl create pod")'`,
  `node -e 'console.log("runpodctl create pod")'`,
  'python3 train.py --notes "runpod create pod"',
  "pytest -k create_pod",
  "kubectl create -f pod.yaml",
  "kubectl create pod x",
  "podman pod create",
  "docker start pod",
  "docker build -t runpod/image . && docker push runpod/image",
  "terraform plan -target=runpod_pod.x",
  "terraform apply",
  "npm run create",
  "flash init",
  "vercel deploy",
  "ssh root@1.2.3.4 -p 22 'cd /workspace && python train.py'",
  "ssh root@1.2.3.4 nvidia-smi",
  "rsync -a . root@1.2.3.4:/workspace/runpod",
  "$EDITOR runpod.md",
  "tar czf runpod.tgz runpod deploy",
  "sudo systemctl start runpodboss",
  "systemctl --user restart runpodboss",
];

it("has a hundred harmless lines at least", () => {
  expect(new Set(harmless).size).toBeGreaterThanOrEqual(100);
});

it.each(harmless)("lets pass: %s", (line) => {
  expect(inCommand(line)).toEqual([]);
});

/** Each is read to its end or judged by its words: none hangs, fills the stack or throws. */
it.each([
  ["a megabyte of words", `echo ${"word ".repeat(200_000)}`, 0],
  ["a megabyte of words before it", `echo ${"word ".repeat(200_000)}; runpodctl create pod`, 1],
  ["a megabyte of semicolons", ";".repeat(1_000_000), 0],
  ["lines without end", "true\n".repeat(200_000), 0],
  ["lines without end before it", `${"true\n".repeat(200_000)}runpodctl create pod`, 1],
  ["outputs in outputs", `${"$(".repeat(100_000)}runpodctl create pod`, 1],
  ["outputs in outputs of nothing", "$(".repeat(100_000), 0],
  ["parentheses", `${"(".repeat(100_000)}runpodctl create pod`, 1],
  ["braces", `echo ${"{a,b}".repeat(1000)}`, 0],
  ["braces in braces", `echo ${"{".repeat(50_000)}${",}".repeat(50_000)}`, 0],
  ["parameters in parameters", `echo ${"${a:-".repeat(100_000)}`, 0],
  ["backticks", "`".repeat(500_000), 0],
  ["quotes that do not close", `echo '${"x".repeat(1_000_000)}`, 0],
  ["texts in lines", "cat <<A\n".repeat(50_000), 0],
  ["a function that calls itself", "f() { f; f; }; f; runpodctl create pod", 1],
  [
    "functions that double",
    `${Array.from({ length: 40 }, (_, n) => `f${n + 1}() { f${n}; f${n}; }`).join("; ")}; f40`,
    0,
  ],
  ["variables that double", `${"x=$x$x;".repeat(60)} $x`, 0],
  ["an alias of itself", "alias ls='ls -l'; ls", 0],
  [
    "shells in shells",
    Array.from({ length: 12 })
      .reduce<string>((line) => `sh -c ${inQuotes(line)}`, "runpodctl create pod")
      .slice(0, 2_000_000),
    1,
  ],
  ["stars", `${"*".repeat(100_000)} create pod`, 0],
  ["marks of its own", "\uE000\uE001\uE004 runpod\u0000\uE001ctl create pod", 1],
])("is done with %s", (_sentence, line, count) => {
  expect(inCommand(line)).toHaveLength(count);
});
