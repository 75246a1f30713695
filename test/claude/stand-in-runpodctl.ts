import { apiKey, type Guard } from "../e2e/guard.ts";

/** What a person, or an agent, types who knows only RunPod's own tool. */
export const createByRunpodctl =
  "runpodctl pod create --name trainer --gpu-id 'NVIDIA GeForce RTX 4090' --image runpod/pytorch:latest";

/** RunPod's own tool as far as an agent may want it here: whatever it is told, it makes a pod. */
export function installRunpodctl(guard: Guard): void {
  const query = `mutation ($input: PodFindAndDeployOnDemandInput!) {
    podFindAndDeployOnDemand(input: $input) { id }
  }`;
  const variables = {
    input: {
      name: "trainer",
      gpuTypeId: "NVIDIA GeForce RTX 4090",
      gpuCount: 1,
      cloudType: "SECURE",
      imageName: "runpod/pytorch:latest",
      containerDiskInGb: 20,
      volumeInGb: 0,
    },
  };
  const headers = { "content-type": "application/json", authorization: `Bearer ${apiKey}` };
  const request = { method: "POST", headers, body: JSON.stringify({ query, variables }) };
  guard.program(
    "runpodctl",
    `fetch(${JSON.stringify(guard.simulator.url)}, ${JSON.stringify(request)})
      .then((answer) => answer.json())
      .then(({ data }) => console.log(JSON.stringify(data.podFindAndDeployOnDemand)));`,
  );
}
