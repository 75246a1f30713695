/** A stream of numbers that is the same for the same seed. */
export function drawer(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function inQuotes(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

const trainer =
  "--name trainer --gpuType 'NVIDIA GeForce RTX 4090' --imageName runpod/pytorch:2.8.0";

/** What each of these does, all do: one pod more, or an old one that runs again. */
export const bare: readonly string[] = [
  `runpodctl create pod ${trainer}`,
  `runpodctl create pods ${trainer} --podCount 3`,
  "runpodctl pod create --image runpod/pytorch --gpu-id 'NVIDIA A100 80GB PCIe'",
  "runpodctl pods create --template-id abc --compute-type CPU",
  "runpodctl start pod k3j9x2ab",
  "runpodctl pod start k3j9x2ab",
  "runpodctl pod restart k3j9x2ab",
  "runpodctl project dev",
  "runpodctl project start --prefix-pod-logs",
  "runpodctl project deploy",
  "runpodctl serverless create --template-id abc --workers-min 1",
  "runpodctl sls create --hub-id abc",
  "runpodctl sls update abc --workers-min 2",
  "runpodctl -o json pod create --image x",
  "runpodctl --name x create pod",
  "rp pod create --image x",
  "flash deploy --env production",
  `curl -X POST https://rest.runpod.io/v1/pods -H 'Content-Type: application/json' -d '{"name":"x","imageName":"y"}'`,
  "curl -s --json @body.json https://api.runpod.io/v2/pods",
  "curl -XPOST https://rest.runpod.io/v1/pods/k3j9x2ab/start",
  `curl https://api.runpod.io/v2/pods/k3j9x2ab/action -d '{"action":"start"}'`,
  `curl https://api.runpod.io/graphql --data '{"query":"mutation { podFindAndDeployOnDemand(input: {gpuCount: 1}) { id } }"}'`,
  `curl https://api.runpod.io/graphql -d '{"query":"mutation { podResume(input: {podId: \\"k3j9x2ab\\"}) { id } }"}'`,
  "curl -X POST https://api.runpod.io/v2/clusters -d '{}'",
  "curl -X POST https://rest.runpod.io/v1/endpoints -d '{}'",
  `wget -O- --post-data '{"name":"x"}' https://rest.runpod.io/v1/pods`,
  "http POST https://rest.runpod.io/v1/pods name=x",
  `python3 -c 'import runpod; runpod.create_pod("x", "image", "NVIDIA A100")'`,
  `python3 -c "import runpod; runpod.resume_pod('k3j9x2ab', 1)"`,
  `python3 -c 'import requests; requests.post("https://rest.runpod.io/v1/pods", json={"name": "x"})'`,
  `python3 -c 'import subprocess; subprocess.run(["runpodctl", "create", "pod"])'`,
  `node -e 'fetch("https://api.runpod.io/v2/pods", { method: "POST", body: "{}" })'`,
];

/** Lines on their own, up to an end that stands in none of them. */
function inLines(before: string, line: string, after = ""): string {
  const end = `END${line.length}`;
  return before.replace("END", () => end) + `\n${line}\n${end}${after}`;
}

/** Around a whole line. */
export const wrappers: readonly ((line: string) => string)[] = [
  (line) => `cd /tmp && ${line}`,
  (line) => `true; ${line}`,
  (line) => `false || ${line}`,
  (line) => `ls | wc -l & ${line}`,
  (line) => `(${line})`,
  (line) => `{ ${line}; }`,
  (line) => `if true; then ${line}; fi`,
  (line) => `for i in 1 2; do ${line}; done`,
  (line) => `while :; do ${line}; break; done`,
  (line) => `case x in x) ${line} ;; esac`,
  (line) => `! ${line}`,
  (line) => `${line} > /tmp/out 2>&1 &`,
  (line) => `${line} | tee /tmp/out | jq .id`,
  (line) => `echo "$(${line})"`,
  (line) => `id=$(${line}); echo $id`,
  (line) => `cat <(${line})`,
  (line) => `set -euo pipefail\n# make the pod\n${line}\n`,
  (line) => `bash -c ${inQuotes(line)}`,
  (line) => `sh -lc ${inQuotes(line)}`,
  (line) => `/usr/bin/env bash -euxo pipefail -c ${inQuotes(line)}`,
  (line) => `zsh -ic ${inQuotes(line)} dummy`,
  (line) => `eval ${inQuotes(line)}`,
  (line) => `sudo -u nobody sh -c ${inQuotes(line)}`,
  (line) => `timeout -k 5 60 bash -c ${inQuotes(line)}`,
  (line) => `nohup nice -n 10 bash -c ${inQuotes(line)} &`,
  (line) => `ssh -p 2222 user@host ${inQuotes(line)}`,
  (line) => `docker run --rm -e RUNPOD_API_KEY image sh -c ${inQuotes(line)}`,
  (line) => `watch -n 60 ${inQuotes(line)}`,
  (line) => `tmux new-session -d -s x ${inQuotes(line)}`,
  (line) => inLines("bash <<'END'", line),
  (line) => inLines('bash -s <<-"END"', line),
  (line) => inLines("cat <<'END' | sh", line),
  (line) => `bash <<< ${inQuotes(line)}`,
  (line) => `echo ${inQuotes(line)} | bash`,
  (line) => `printf '%s\\n' ${inQuotes(line)} | sudo sh`,
  (line) => `bash <(echo ${inQuotes(line)})`,
  (line) => `source <(printf '%s' ${inQuotes(line)})`,
  (line) => `echo ${inQuotes(line)} > /tmp/go.sh; chmod +x /tmp/go.sh; /tmp/go.sh`,
  (line) => inLines("cat > go.sh <<'END'", `#!/bin/sh\n${line}`, "\nsh ./go.sh"),
  (line) => `go() { ${line}; }; go`,
  (line) => `function go { ${line}\n}\ngo`,
  (line) => `trap ${inQuotes(line)} EXIT`,
  (line) => `GO=${inQuotes(line)}; eval "$GO"`,
  (line) => `GO=${inQuotes(line)}; bash -c "$GO"`,
  (line) => `xargs -I{} sh -c ${inQuotes(line)} <<< 1`,
  (line) => `find . -maxdepth 0 -exec sh -c ${inQuotes(line)} \\;`,
  (line) => `python3 -c ${inQuotes(`import os; os.system(${JSON.stringify(line)})`)}`,
  (line) => `echo ${btoa(line)} | base64 -d | bash`,
];

/** Other spellings of the same words, of those lines that begin with RunPod's program. */
export const spellings: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.replace("runpodctl", () => "/usr/local/bin/runpodctl"),
  (line) => line.replace("runpodctl", () => "~/bin/runpodctl"),
  (line) => line.replace("runpodctl", () => "./runpodctl-linux-amd64"),
  (line) => line.replace("runpodctl", () => 'runpod"ctl"'),
  (line) => line.replace("runpodctl", () => "'runpodctl'"),
  (line) => line.replace("runpodctl", () => String.raw`r\unpodctl`),
  (line) => line.replace("runpodctl", () => String.raw`$'\x72\165npodctl'`),
  (line) => line.replace("runpodctl", () => "runpod$@ctl"),
  (line) => line.replace("runpodctl", () => "run${nothing}podctl"),
  (line) => line.replace("runpodctl", () => "$(echo runpodctl)"),
  (line) => line.replace("runpodctl", () => "`which runpodctl`"),
  (line) => line.replace("runpodctl", () => "$(command -v runpodctl)"),
  (line) => `R=runpodctl; ${line.replace("runpodctl", () => "$R")}`,
  (line) => `R=ctl\n${line.replace("runpodctl", () => 'runpod"${R}"')}`,
  (line) => line.replace("runpodctl", () => "${R:-runpodctl}"),
  (line) => `R=xrunpodctl; ${line.replace("runpodctl", () => "${R#x}")}`,
  (line) => `alias r=runpodctl\n${line.replace("runpodctl", () => "r")}`,
  (line) => `r() { runpodctl "$@"; }; ${line.replace("runpodctl", () => "r")}`,
  (line) => `ln -s "$(which runpodctl)" /tmp/r; ${line.replace("runpodctl", () => "/tmp/r")}`,
  (line) => line.replace("runpodctl", () => "runpodct?"),
  (line) => line.replace("runpodctl", () => "/usr/local/bin/runpod*"),
  (line) => line.replace("runpodctl", () => "RUNPOD_API_KEY=x runpodctl"),
  (line) => line.replace("runpodctl", () => "env -u A B=c runpodctl"),
  (line) => line.replace("runpodctl", () => "sudo -u git -E runpodctl"),
  (line) => line.replace("runpodctl", () => "time -p nohup nice -n 5 runpodctl"),
  (line) => line.replace("runpodctl", () => "timeout --signal=KILL 5m runpodctl"),
  (line) => line.replace("runpodctl", () => "exec -a x runpodctl"),
  (line) => line.replace("runpodctl", () => "command runpodctl"),
  (line) => line.replace("runpodctl", () => "xargs -r runpodctl"),
  (line) => line.replace("runpodctl", () => "docker run --rm -e A=b image runpodctl"),
  (line) => line.replace("runpodctl", () => "npx --yes runpodctl"),
  (line) => line.replace("runpodctl", () => "uvx --from x runpodctl"),
  (line) => line.replace("runpodctl", () => "pipx run runpodctl"),
  (line) => line.replace("runpodctl", () => "some-wrapper --flag runpodctl"),
  (line) => line.replace("runpodctl ", "runpodctl \\\n  "),
  (line) => line.replaceAll(" ", "  "),
  (line) => line.replace("runpodctl", () => "RunPodCtl.exe"),
];
