import { expect, it } from "vitest";
import { inCall, mayHaveStarted, type ToolCall } from "#hook/detect/in-call.ts";

it.each<[string, ToolCall, object]>([
  [
    "a pod of RunPod's server",
    {
      tool: "mcp__runpod__create-pod",
      input: { name: "trainer", imageName: "x/y", gpuTypeIds: ["NVIDIA A100"] },
    },
    { kind: "creates", what: "pod", asked: { gpu: "NVIDIA A100", image: "x/y", name: "trainer" } },
  ],
  [
    "a pod that is started",
    { tool: "mcp__runpod__start-pod", input: { podId: "k3j9x2ab" } },
    { kind: "starts", what: "pod", podId: "k3j9x2ab" },
  ],
  [
    "an action",
    { tool: "mcp__runpod__pod-action", input: { podId: "k3j9x2ab", action: "resume" } },
    { kind: "starts", what: "pod", podId: "k3j9x2ab" },
  ],
  [
    "an action that is not said",
    { tool: "mcp__runpod__pod-action", input: { podId: "k3j9x2ab" } },
    { kind: "starts", what: "pod" },
  ],
  [
    "a server with another name, by what it is handed",
    { tool: "mcp__gpus__create-pod", input: { gpuTypeIds: ["x"] } },
    { kind: "creates", what: "pod" },
  ],
  [
    "a server with another spelling",
    { tool: "mcp__runpod__create_pod", input: {} },
    { kind: "creates", what: "pod" },
  ],
  [
    "a server that is named apart",
    { tool: "createPod", server: "https://mcp.getrunpod.io/", input: "{}" },
    { kind: "creates", what: "pod" },
  ],
  [
    "Cursor's way to name one",
    { tool: "MCP:runpod:create-endpoint", input: {} },
    { kind: "creates", what: "endpoint" },
  ],
  [
    "an endpoint whose workers always run",
    { tool: "mcp__runpod__update-endpoint", input: { endpointId: "x", workersMin: 1 } },
    { kind: "starts", what: "endpoint" },
  ],
  ["a cluster", { tool: "mcp__runpod__create-cluster", input: {} }, { what: "cluster" }],
  [
    "something of the hub",
    { tool: "mcp__runpod__deploy-hub-repo", input: {} },
    { what: "endpoint" },
  ],
  [
    "a line for a shell",
    { tool: "Bash", input: { command: "runpodctl create pod" } },
    { what: "pod" },
  ],
  [
    "words for a shell",
    { tool: "shell", input: { command: ["bash", "-lc", "runpodctl create pod"] } },
    { what: "pod" },
  ],
  [
    "a line in cmd",
    { tool: "exec_command", input: { cmd: "runpodctl create pod" } },
    { what: "pod" },
  ],
  [
    "a line that another server is to run",
    { tool: "mcp__terminal__run", input: { command: "runpodctl create pod" } },
    { what: "pod" },
  ],
  [
    "code that another server is to run",
    { tool: "mcp__ide__executeCode", input: { code: "import runpod\nrunpod.create_pod()" } },
    { what: "pod" },
  ],
  [
    "a request that another server is to send",
    {
      tool: "mcp__fetch__fetch",
      input: { url: "https://rest.runpod.io/v1/pods", method: "post", body: {} },
    },
    { what: "pod" },
  ],
])("finds %s", (_sentence, call, expected) => {
  expect(inCall(call)).toEqual([expect.objectContaining(expected)]);
});

it.each<[string, ToolCall]>([
  ["our own start", { tool: "mcp__runpodboss__start", input: { gpu: "4090" } }],
  ["our own start of the plugin", { tool: "mcp__plugin_runpodboss_runpodboss__start", input: {} }],
  ["a list of pods", { tool: "mcp__runpod__list-pods", input: {} }],
  ["a stop", { tool: "mcp__runpod__stop-pod", input: { podId: "x" } }],
  [
    "a stop as an action",
    { tool: "mcp__runpod__pod-action", input: { podId: "x", action: "stop" } },
  ],
  ["an end", { tool: "mcp__runpod__delete-pod", input: { podId: "x" } }],
  ["a new name of a pod", { tool: "mcp__runpod__update-pod", input: { podId: "x", name: "y" } }],
  [
    "an endpoint with no workers",
    { tool: "mcp__runpod__update-endpoint", input: { workersMin: 0 } },
  ],
  ["a request to an endpoint", { tool: "mcp__runpod__run-endpoint", input: { endpointId: "x" } }],
  // A volume costs cents a day, and no pod runs for it.
  ["a volume", { tool: "mcp__runpod__create-network-volume", input: { size: 10 } }],
  ["a template", { tool: "mcp__runpod__create-template", input: {} }],
  ["a pod of Kubernetes", { tool: "mcp__kubernetes__create_pod", input: { namespace: "x" } }],
  ["a file that is written", { tool: "Write", input: { content: "runpodctl create pod" } }],
  ["a patch", { tool: "apply_patch", input: { command: "+runpodctl create pod" } }],
  ["a prompt", { tool: "Task", input: { prompt: "runpodctl create pod" } }],
  ["no input", { tool: "Bash", input: null }],
  ["an input that is a list", { tool: "Bash", input: [1] }],
  ["a command that is a number", { tool: "Bash", input: { command: 1 } }],
])("lets pass %s", (_sentence, call) => {
  expect(inCall(call)).toEqual([]);
});

const script = { command: "sh train.sh" };

it.each<[string, ToolCall, string, "any" | readonly string[]]>([
  [
    "a script that shows an id",
    { tool: "Bash", input: script },
    `[{"stdout":"k3x9w2m7p1q4zz "}]`,
    ["k3x9w2m7p1q4zz"],
  ],
  [
    "one that shows some in JSON",
    { tool: "Bash", input: script },
    String.raw`["{\"id\":\"k3x9w2m7p1q4zz\",\"next\":\"sim000001\"}"]`,
    ["k3x9w2m7p1q4zz", "sim000001"],
  ],
  [
    "one that shows none",
    { tool: "Bash", input: script },
    `["done in 12 s, 0badc0ffee11, chunk-s3y4tpxc7.js, trainer_k3x9w2m7p1"]`,
    [],
  ],
  ["one that shows nothing", { tool: "Bash", input: script }, "", []],
  ["a command about RunPod", { tool: "Bash", input: { command: "sh on-runpod.sh" } }, "", "any"],
  ["a tool of RunPod's server", { tool: "mcp__runpod__list-pods", input: {} }, "", "any"],
  [
    "a tool of another server",
    { tool: "mcp__gpus__run", input: {} },
    `["k3x9w2m7p1q4zz"]`,
    ["k3x9w2m7p1q4zz"],
  ],
  [
    "a command of ours",
    { tool: "Bash", input: { command: "runpodboss status" } },
    `["k3x9w2m7p1q4zz"]`,
    [],
  ],
  ["a tool of ours", { tool: "mcp__runpodboss__status", input: {} }, `["k3x9w2m7p1q4zz"]`, []],
  ["a file that is read", { tool: "Read", input: { file_path: "x" } }, `["k3x9w2m7p1q4zz"]`, []],
])("of the new pods may have been started by %s: %#", (_sentence, call, cameTo, pods) => {
  const found = mayHaveStarted(call, cameTo);

  expect(found === "any" ? found : [...found]).toEqual(pods);
});
