/** The edges of the excerpt of Linear's schema: what hangs on a comment and is nearly always empty, and whoever wrote it. */

export const linearSchemaEdges = `
type ActorBot {
  avatarUrl: String
  subType: String
  id: ID
  name: String
  userDisplayName: String
  type: String!
}

type User {
  id: ID!
  description: String
  avatarUrl: String
  createdIssueCount: Int!
  avatarBackgroundColor: String!
  statusUntilAt: DateTime
  statusEmoji: String
  initials: String!
  updatedAt: DateTime!
  lastSeen: DateTime
  timezone: String
  disableReason: String
  statusLabel: String
  archivedAt: DateTime
  createdAt: DateTime!
  gitHubUserId: String
  displayName: String!
  email: String!
  name: String!
  title: String
  url: String!
  active: Boolean!
  isAssignable: Boolean!
  isMentionable: Boolean!
  guest: Boolean!
  admin: Boolean!
  owner: Boolean!
  app: Boolean!
  isMe: Boolean!
  supportsAgentSessions: Boolean!
  canAccessAnyPublicTeam: Boolean!
  calendarHash: String
  inviteHash: String!
}

type SyncedExternalThread {
  url: String
  name: String
  displayName: String
  type: String!
  subType: String
  id: ID
  isPersonalIntegrationRequired: Boolean!
  isPersonalIntegrationConnected: Boolean!
  isConnected: Boolean!
}

type WelcomeMessage {
  updatedAt: DateTime!
  archivedAt: DateTime
  createdAt: DateTime!
  title: String
  id: ID!
  updatedBy: User
  enabled: Boolean!
}

type Reaction {
  comment: Comment
  externalUser: ExternalUser
  initiativeUpdate: InitiativeUpdate
  issue: Issue
  updatedAt: DateTime!
  emoji: String!
  projectUpdate: ProjectUpdate
  archivedAt: DateTime
  createdAt: DateTime!
  id: ID!
  user: User
}

type AiPromptRules {
  updatedAt: DateTime!
  archivedAt: DateTime
  createdAt: DateTime!
  id: ID!
  updatedBy: User
}

type ExternalEntityInfo {
  metadata: ExternalEntityInfoMetadata
  service: ExternalSyncService!
  id: String!
}

type ExternalEntityInfoGithubMetadata {
  number: Float
  owner: String
  repo: String
}

type ExternalEntityInfoJiraMetadata {
  issueTypeId: String
  projectId: String
  issueKey: String
}

type ExternalEntitySlackMetadata {
  messageUrl: String
  channelId: String
  channelName: String
  isFromSlack: Boolean!
}

type DocumentContent {
  aiPromptRules: AiPromptRules
  content: String
  contentState: String
  document: Document
  initiative: Initiative
  issue: Issue
  updatedAt: DateTime!
  projectMilestone: ProjectMilestone
  project: Project
  restoredAt: DateTime
  archivedAt: DateTime
  createdAt: DateTime!
  id: ID!
  welcomeMessage: WelcomeMessage
}

enum ExternalSyncService {
  github
  jira
  slack
}

union ExternalEntityInfoMetadata =
  | ExternalEntityInfoGithubMetadata
  | ExternalEntityInfoJiraMetadata
  | ExternalEntitySlackMetadata
`;
