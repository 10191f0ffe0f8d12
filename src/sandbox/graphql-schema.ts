/** The executable schema: GitHub's excerpt with the resolvers of the embedded GitHub on its types. Built once a process. */
import { buildSchema, GraphQLScalarType, isAbstractType, isObjectType } from "graphql";
import type { GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from "graphql";
import { githubSchema } from "./github-schema.ts";
import {
  annotationFields,
  checkRunFields,
  checkSuiteFields,
  rollupFields,
  statusFields,
} from "./graphql-check-fields.ts";
import { blobFields, commitFields, refFields, treeEntryFields, treeFields } from "./graphql-code-fields.ts";
import { codeMutations } from "./graphql-code-mutations.ts";
import { commentFields, reactionFields } from "./graphql-comment-fields.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import {
  bodyEditFields,
  editedIssueFields,
  pinMutations,
  pinnedFields,
  pinnedIssueFields,
} from "./graphql-edit-fields.ts";
import { issueFields, labelFields, milestoneFields, userFields, userStatusFields } from "./graphql-issue-fields.ts";
import { labelMutations } from "./graphql-label-mutations.ts";
import { issueMutations } from "./graphql-issue-mutations.ts";
import { pullFields, queueEntryFields, reviewCommentFields, reviewFields } from "./graphql-pull-fields.ts";
import { queryFields, repositoryFields } from "./graphql-repository-fields.ts";
import { eventFields, eventTypeName, eventTypes } from "./graphql-timeline-fields.ts";

type AnyFields = Fields<never>;

const fieldsByType: Readonly<Record<string, AnyFields>> = {
  Blob: blobFields,
  Bot: userFields,
  CheckAnnotation: annotationFields,
  CheckRun: checkRunFields,
  CheckSuite: checkSuiteFields,
  Commit: commitFields,
  Issue: { ...issueFields, ...editedIssueFields },
  IssueComment: commentFields,
  Label: labelFields,
  MergeQueueEntry: queueEntryFields,
  Milestone: milestoneFields,
  Mutation: { ...issueMutations, ...labelMutations, ...codeMutations, ...pinMutations },
  Organization: userFields,
  PinnedIssue: pinnedIssueFields,
  PullRequest: pullFields,
  PullRequestReview: reviewFields,
  PullRequestReviewComment: reviewCommentFields,
  Query: queryFields,
  Reaction: reactionFields,
  Ref: refFields,
  Repository: { ...repositoryFields, ...pinnedFields },
  StatusCheckRollup: rollupFields,
  StatusContext: statusFields,
  Tree: treeFields,
  TreeEntry: treeEntryFields,
  User: userFields,
  UserContentEdit: bodyEditFields,
  UserStatus: userStatusFields,
  ...Object.fromEntries(eventTypes.map((name) => [name, eventFields])),
};

/** The type of a value behind an interface or union: git objects say it, records are found by their node id. */
function typeNameOf(value: unknown, { state }: GraphqlContext): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("__typename" in value && typeof value.__typename === "string") return value.__typename;
  if (!("node" in value) || typeof value.node !== "string") return undefined;
  const found = state.nodes.get(value.node);
  if (found === undefined) return undefined;
  if (found.kind === "User") return found.record.type;
  return found.kind === "IssueEvent" ? eventTypeName(found.record) : found.kind;
}

function attach(type: GraphQLObjectType, fields: AnyFields): void {
  for (const [name, field] of Object.entries(type.getFields())) {
    const resolve = fields[name];
    if (resolve === undefined) {
      throw new Error(`${type.name}.${name} is in the excerpt of GitHub's schema, but nothing resolves it.`);
    }
    // The schema, not the compiler, sees to it that a resolver gets the source and the arguments that it expects.
    field.resolve = resolve as unknown as GraphQLFieldResolver<unknown, GraphqlContext>;
  }
}

function text(value: unknown): string {
  return String(value);
}

/**
 * Builds it, without checking that the excerpt is a sound schema: that takes longer than many a run, and the tests do it.
 * Throws when the excerpt has a field of these types that nothing resolves. */
export function buildGithubSchema(): GraphQLSchema {
  const schema = buildSchema(githubSchema, { assumeValid: true, assumeValidSDL: true });
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type)) {
      const fields = fieldsByType[type.name];
      if (fields !== undefined) attach(type, fields);
    } else if (isAbstractType(type)) {
      type.resolveType = typeNameOf;
    } else if (type instanceof GraphQLScalarType && ["URI", "DateTime", "GitObjectID", "BigInt"].includes(type.name)) {
      type.serialize = text;
    }
  }
  return schema;
}
