import { expect, it } from "vitest";
import { inCommand } from "#hook/detect/in-command.ts";
import { bare, drawer, spellings, wrappers } from "./ways.ts";

const seed = Number(process.env["RUNPODBOSS_SEED"] ?? 20_260_101);

/** Drawn: what is done, how it is spelt, and what is put around it, up to three times. */
function drawn(count: number): readonly string[] {
  const below = drawer(seed);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  return Array.from({ length: count }, () => {
    const line = one(bare);
    const spelt = line.startsWith("runpodctl") ? one(spellings)(line) : line;
    const around = Array.from({ length: below(4) }, () => one(wrappers));
    return around.reduce((inner, wrap) => wrap(inner), spelt);
  });
}

it(`refuses 400 drawn ways to create or start something (RUNPODBOSS_SEED=${seed})`, () => {
  const passed = drawn(400).filter((line) => inCommand(line).length === 0);

  expect(passed).toEqual([]);
});

it.each(bare)("refuses %s", (line) => {
  expect(inCommand(line)).not.toEqual([]);
});

it.each(spellings.map((spell) => spell("runpodctl create pod --name x")))("refuses %s", (line) => {
  expect(inCommand(line)).not.toEqual([]);
});

it.each(wrappers.map((wrap) => wrap("runpodctl pod create --image x")))("refuses %s", (line) => {
  expect(inCommand(line)).not.toEqual([]);
});

it.each([
  ["words put together from a list", 'A=(runpodctl create pod); "${A[@]}"'],
  ["words that are set", 'set -- create pod; runpodctl "$@"'],
  ["words in braces", "{runpodctl,create,pod}"],
  ["a part in braces", "runpod{ctl,} create pod"],
  ["a verb of a loop", "for v in list create; do runpodctl pod $v; done"],
  ["a verb that comes in", "echo create | xargs -I{} runpodctl {} pod"],
  ["a verb that is read", "read v <<< create; runpodctl $v pod"],
  ["lines that are read", 'while read line; do $line; done <<< "runpodctl create pod"'],
  ["a verb that cannot be read", "runpodctl $ACTION pod"],
  ["a program of which only the name is known", "$RUNPODCTL create pod"],
  ["printf -v", "printf -v c '%s%s' runpod ctl; $c create pod"],
  ["indirection", "a=runpodctl; b=a; ${!b} create pod"],
  ["replacing", "a=runXctl; ${a/X/pod} create pod"],
  ["small letters", "A=RUNPODCTL; ${A,,} create pod"],
  ["backwards", "rev <<< 'dop etaerc ltcdopnur' | bash"],
  ["another alphabet", "tr a-z n-za-m <<< 'ehacbqpgy perngr cbq' | sh"],
  ["hexadecimal", "echo 72756e706f6463746c2063726561746520706f64 | xxd -r -p | sh"],
  ["sed", "sed 's/x/create/' <<< 'runpodctl x pod' | sh"],
  ["filtering that cannot be followed", "echo 'runpodctl create pod' | awk '{print}' | sh"],
  ["help as a name", "runpodctl create pod --name --help"],
  ["help behind the end of options", "runpodctl create pod -- --help"],
  ["an output that is called get", "runpodctl -o get create pod"],
  ["an arithmetic shift before it", "echo $((1<<2))\nrunpodctl create pod"],
  ["a comment before it", "# harmless\nrunpodctl create pod"],
  ["a quote in a comment before it", "# don't\nrunpodctl create pod # that's it"],
  ["a text in lines before it", "cat <<'A' > notes\nrunpodctl\nA\nrunpodctl create pod"],
  ["two texts in lines", "cat <<A <<B\nx\nA\ny\nB\nrunpodctl create pod"],
  ["a text in lines whose end never comes", "cat <<A\n$(runpodctl create pod)\n"],
  ["an output in double quotes in an output", 'echo "a $(echo "b $(runpodctl create pod)")"'],
  ["backticks in backticks", "echo `echo \\`runpodctl create pod\\``"],
  ["an output in a parameter", "echo ${x:-$(runpodctl create pod)}"],
  ["an output in an assignment", "x=`runpodctl create pod`"],
  ["an output in a list", "x=($(runpodctl create pod))"],
  ["where it is written to", "echo x > >(runpodctl create pod)"],
  ["a shell that is written to", "echo runpodctl create pod > >(bash)"],
  ["git's aliases", "git -c alias.x='!runpodctl create pod' x"],
  ["git bisect", "git bisect run runpodctl create pod"],
  ["git rebase", "git rebase main --exec 'runpodctl create pod'"],
  ["cron", "echo '0 3 * * * runpodctl create pod' | crontab -"],
  ["at", "echo 'runpodctl create pod' | at 03:00"],
  ["ssh that gets lines", "ssh host <<'E'\nrunpodctl create pod\nE"],
  ["ssh with its words apart", 'ssh host runpodctl "create pod"'],
  ["parallel", 'parallel runpodctl ::: "create pod"'],
  ["perl", "perl -e 'system(\"runpodctl create pod\")'"],
  ["ruby", "ruby -e '`runpodctl create pod`'"],
  ["awk", "awk 'BEGIN{system(\"runpodctl create pod\")}'"],
  [
    "python with its words put together",
    'python3 -c \'import os; os.system("runpod" + "ctl create pod")\'',
  ],
  ["python by name", "python3 -c 'import runpod; getattr(runpod, \"create_pod\")()'"],
  ["python in lines", "python3 - <<'E'\nimport runpod\nrunpod.create_endpoint(name='x')\nE"],
  [
    "python in a file",
    "echo 'import runpod; runpod.create_pod()' > /tmp/a.py && python3 /tmp/a.py",
  ],
  ["python's module", "python3 -m runpod pod create x"],
  ["node's shell", 'node -e \'require("child_process").execSync("runpodctl create pod")\''],
  ["a body that cannot be read", "curl https://api.runpod.io/graphql -d @query.json"],
  ["a body that comes in", "cat body | curl -X POST https://rest.runpod.io/v1/pods -d @-"],
  [
    "a query that cannot be read",
    'curl https://api.runpod.io/graphql -d "{\\"query\\": \\"$Q\\"}"',
  ],
  ["an address that cannot be read", 'curl -X POST "$RUNPOD_API/pods" -d "{}"'],
  ["an address with a key", 'curl -X POST "$URL/pods" -H "Authorization: Bearer $RUNPOD_API_KEY"'],
  ["an address in parts", "H=runpod.io; curl -X POST https://rest.$H/v1/pods -d '{}'"],
  [
    "a mutation in an address",
    "curl 'https://api.runpod.io/graphql?query=mutation%20{podResume(input:{})}'",
  ],
  [
    "a mutation that is not known",
    'curl https://api.runpod.io/graphql -d \'{"query":"mutation { makeIt(input: {}) { id } }"}\'',
  ],
  ["curl's config", "curl -K - <<< 'url=https://rest.runpod.io/v1/pods\nrequest=POST'"],
  ["terraform that says so", "terraform apply -target=runpod_pod.trainer"],
  ["sky that says so", "sky launch --infra runpod task.yaml"],
  ["a program from its source", "go run github.com/runpod/runpodctl@latest create pod"],
  [
    "a raw connection",
    "printf 'POST /v2/pods HTTP/1.1\\r\\n' | openssl s_client -connect api.runpod.io:443",
  ],
])("refuses %s", (_sentence, line) => {
  expect(inCommand(line)).not.toEqual([]);
});

/** What a line does not say cannot be found in it. The daemon is the one that enforces. */
it.each([
  ["a script that is there already", "./make-pod.sh"],
  ["a script handed to a shell", "bash scripts/start-training.sh"],
  ["a program in a file that is there", "python3 launch.py --gpu a100"],
  ["a script from elsewhere", "curl -s https://example.com/go.sh | sh"],
  ["a target of make", "make pod"],
  ["a script of a package", "npm run pod:create"],
  ["a variable from elsewhere", "$GO"],
  ["a variable from elsewhere for a shell", 'bash -c "$GO"'],
  ["a text that is decoded in another way", "echo H4sIAAAA | base64 -d | gunzip | sh"],
  ["code that builds the name", "python3 -c 'exec(\"\".join(map(chr, [114, 117])))'"],
  ["terraform in a folder that does not say so", "terraform apply"],
  ["ansible", "ansible-playbook site.yml"],
  ["an address that does not say so", 'curl -X POST "$URL" -d @body.json'],
  ["a key that does what it is told elsewhere", "curl -X POST https://example.com/make-a-pod"],
  ["a later shell", "echo 'runpodctl create pod' >> ~/.bashrc"],
  ["an editor", "vim -c '!runpodctl create pod'"],
  ["a copy that was made before", "/tmp/r create pod"],
])("does not see %s", (_sentence, line) => {
  expect(inCommand(line)).toEqual([]);
});
