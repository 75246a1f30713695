import { buildSchema } from "graphql";

/** The part of RunPod's schema that a guard can have use for: the same names, types and nullability. */
export const schema = buildSchema(/* GraphQL */ `
  scalar DateTime
  scalar Void

  type Query {
    myself: User
    pod(input: PodFilter): Pod
    gpuTypes(input: GpuTypeFilter): [GpuType]
  }

  type Mutation {
    podStop(input: PodStopInput!): Pod
    podTerminate(input: PodTerminateInput!): Void
    podResume(input: PodResumeInput!): Pod
    podFindAndDeployOnDemand(input: PodFindAndDeployOnDemandInput): Pod
  }

  type User {
    clientBalance: Float
    currentSpendPerHr: Float
    minBalance: Float
    clientLifetimeSpend: Float
    creditAlertThreshold: Float
    spendLimit: Int
    underBalance: Boolean
    spendDetails: SpendDetails
    pods: [Pod]
  }

  type SpendDetails {
    localStoragePerHour: Float
    networkStoragePerHour: Float
    gpuComputePerHour: Float
  }

  type Pod {
    id: String!
    name: String!
    imageName: String!
    machineId: String!
    desiredStatus: PodStatus!
    costPerHr: Float!
    adjustedCostPerHr: Float!
    memoryInGb: Float!
    vcpuCount: Float!
    gpuCount: Int!
    createdAt: DateTime
    lastStartedAt: DateTime
    lastStatusChange: String
    podType: PodType
    volumeInGb: Float
    containerDiskInGb: Int
    networkVolumeId: String
    locked: Boolean
    uptimeSeconds: Int
    runtime: PodRuntime
    machine: PodMachineInfo
    latestTelemetry: PodTelemetry
    env: [String]
    apiKey: String
  }

  enum PodStatus {
    CREATED
    RUNNING
    RESTARTING
    EXITED
    PAUSED
    DEAD
    TERMINATED
  }

  enum PodType {
    INTERRUPTABLE
    RESERVED
    BID
    BACKGROUND
  }

  type PodRuntime {
    uptimeInSeconds: Int
    container: PodRuntimeContainer
    gpus: [PodRuntimeGpus]
  }

  type PodRuntimeContainer {
    cpuPercent: Int
    memoryPercent: Int
  }

  type PodRuntimeGpus {
    id: String
    gpuUtilPercent: Int
    memoryUtilPercent: Int
  }

  type PodMachineInfo {
    gpuDisplayName: String
    gpuTypeId: String
    location: String
    dataCenterId: String
    podHostId: String
  }

  type PodTelemetry {
    time: DateTime
    cpuUtilization: Float
    memoryUtilization: Float
    averageGpuMetrics: GpuTelemetry
  }

  type GpuTelemetry {
    percentUtilization: Float
  }

  type GpuType {
    id: String
    displayName: String
    memoryInGb: Int
    securePrice: Float
    communityPrice: Float
    secureCloud: Boolean
    communityCloud: Boolean
    maxGpuCountSecureCloud: Int
    maxGpuCountCommunityCloud: Int
    lowestPrice(input: GpuLowestPriceInput): LowestPrice
  }

  type LowestPrice {
    uninterruptablePrice: Float
    stockStatus: String
  }

  input PodFilter {
    podId: String!
  }

  input GpuTypeFilter {
    id: String
  }

  input GpuLowestPriceInput {
    gpuCount: Int!
    secureCloud: Boolean
  }

  input PodStopInput {
    podId: String!
  }

  input PodTerminateInput {
    podId: String!
  }

  input PodResumeInput {
    podId: String!
    gpuCount: Int
  }

  enum CloudTypeEnum {
    ALL
    COMMUNITY
    SECURE
  }

  input EnvironmentVariableInput {
    key: String!
    value: String!
  }

  "stopAfter and terminateAfter are taken and never acted on, as RunPod does."
  input PodFindAndDeployOnDemandInput {
    cloudType: CloudTypeEnum
    gpuTypeId: String
    gpuCount: Int
    imageName: String
    name: String
    containerDiskInGb: Int
    volumeInGb: Int
    volumeMountPath: String
    networkVolumeId: String
    dataCenterId: String
    "The most dollars an hour."
    deployCost: Float
    startSsh: Boolean
    ports: String
    templateId: String
    env: [EnvironmentVariableInput]
    stopAfter: DateTime
    terminateAfter: DateTime
  }
`);
