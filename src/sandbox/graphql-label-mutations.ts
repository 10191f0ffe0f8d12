/** GraphQL mutations on labels, and on the labels of issues. */
import type { Fields } from "./graphql-context.ts";
import { demand } from "./graphql-context.ts";
import { demandFor, issueAt, labelsAt, missing, mutation } from "./graphql-issue-mutations.ts";

interface LabelsInput {
  readonly labelableId: string;
  readonly labelIds: readonly string[];
}

/** All of them, by the name of the mutation. */
export const labelMutations: Fields<unknown> = {
  addLabelsToLabelable: mutation((input: LabelsInput, context) => {
    const issue = issueAt(input.labelableId, context);
    demandFor(issue, context);
    const names = labelsAt(input.labelIds, context).map((label) => label.name);
    return { labelable: context.acts.addLabels(context.actor, issue.number, names) };
  }),
  removeLabelsFromLabelable: mutation((input: LabelsInput, context) => {
    const issue = issueAt(input.labelableId, context);
    demandFor(issue, context);
    // One that the issue has not is no error here, unlike in REST.
    for (const label of labelsAt(input.labelIds, context)) {
      if (issue.labels.has(label.id)) context.acts.removeLabel(context.actor, issue.number, label.name);
    }
    return { labelable: issue };
  }),
  clearLabelsFromLabelable: mutation((input: { labelableId: string }, context) => {
    const issue = issueAt(input.labelableId, context);
    demandFor(issue, context);
    return { labelable: context.acts.setLabels(context.actor, issue.number, []) };
  }),
  createLabel: mutation(
    (input: { repositoryId: string; name: string; color: string; description?: string | null }, context) => {
      demand(context, ["issues", "pull_requests"], "write");
      if (input.repositoryId !== context.state.repository.node) throw missing(input.repositoryId);
      const { name, color } = input;
      return { label: context.acts.createLabel(context.actor, { name, color, description: input.description ?? "" }) };
    },
  ),
  updateLabel: mutation(
    (input: { id: string; name?: string | null; color?: string | null; description?: string | null }, context) => {
      demand(context, ["issues", "pull_requests"], "write");
      const [label] = labelsAt([input.id], context);
      const change = {
        ...(typeof input.name === "string" ? { name: input.name } : {}),
        ...(typeof input.color === "string" ? { color: input.color } : {}),
        ...(typeof input.description === "string" ? { description: input.description } : {}),
      };
      return { label: context.acts.updateLabel(context.actor, label?.name ?? "", change) };
    },
  ),
  deleteLabel: mutation((input: { id: string }, context) => {
    demand(context, ["issues", "pull_requests"], "write");
    for (const label of labelsAt([input.id], context)) context.acts.deleteLabel(context.actor, label.name);
    return {};
  }),
};
