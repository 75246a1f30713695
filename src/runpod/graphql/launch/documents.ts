/** The prices are for one GPU; of the lowest price only the stock is asked for, which is for so many. */
export const offersDocument = /* GraphQL */ `
  query Offers($count: Int!) {
    gpuTypes {
      id
      displayName
      memoryInGb
      secureCloud
      communityCloud
      securePrice
      communityPrice
      maxGpuCountSecureCloud
      maxGpuCountCommunityCloud
      secure: lowestPrice(input: { gpuCount: $count, secureCloud: true }) {
        stockStatus
      }
      community: lowestPrice(input: { gpuCount: $count, secureCloud: false }) {
        stockStatus
      }
    }
  }
`;

/** What a pod is started with stands in the variables alone, and is not asked back. */
export const createDocument = /* GraphQL */ `
  mutation Create($input: PodFindAndDeployOnDemandInput!) {
    podFindAndDeployOnDemand(input: $input) {
      id
      costPerHr
    }
  }
`;

export const sshDocument = /* GraphQL */ `
  query Ssh($podId: String!) {
    pod(input: { podId: $podId }) {
      machine {
        podHostId
      }
    }
  }
`;
