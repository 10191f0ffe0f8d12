/** Acts on labels and milestones. Whoever may triage labels; only write makes, renames or deletes labels. */
import { issuePayload } from "./payload.ts";
import type { IssueRecord, LabelRecord, MilestoneRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, LabelActs } from "./world-acts.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground } from "./world-ground.ts";

/** The colour that GitHub gives to a label made in passing. */
const passingColor = "ededed";

export function createLabelActs(ground: Ground): LabelActs {
  const { state } = ground;

  function make(label: { readonly name: string; readonly color?: string; readonly description?: string }): LabelRecord {
    const record: LabelRecord = {
      ...state.identity("label"),
      name: label.name,
      color: (label.color ?? passingColor).replace(/^#/, ""),
      description: label.description ?? "",
    };
    state.labels.set(record.id, record);
    state.index({ kind: "Label", record });
    return record;
  }

  function change(
    actor: Actor,
    issue: IssueRecord,
    wanted: { readonly label: LabelRecord; readonly isOn: boolean },
  ): void {
    const { label, isOn } = wanted;
    if (issue.labels.has(label.id) === isOn) return;
    if (isOn) issue.labels.add(label.id);
    else issue.labels.delete(label.id);
    ground.touch(issue);
    const event = isOn ? "labeled" : "unlabeled";
    ground.note(actor, issue, { event, label: label.name });
    const { name, body } = issuePayload(state, issue, event, { label });
    ground.deliver(name, actor, body);
    ground.tell(actor, "label", { target: targetOf(issue), detail: { label: label.name, added: isOn } });
  }

  function findOrMake(name: string): LabelRecord {
    if (name.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
    return state.findLabel(name) ?? make({ name });
  }

  function addLabels(actor: Actor, number: number, names: readonly string[]): IssueRecord {
    const issue = ground.find(number);
    ground.demand(actor, "triage");
    for (const name of names) change(actor, issue, { label: findOrMake(name), isOn: true });
    return issue;
  }

  function removeLabel(actor: Actor, number: number, name: string): IssueRecord {
    const issue = ground.find(number);
    ground.demand(actor, "triage");
    const label = state.findLabel(name);
    if (label === undefined || !issue.labels.has(label.id)) throw new ActRefusal(404, "Label does not exist");
    change(actor, issue, { label, isOn: false });
    return issue;
  }

  function setLabels(actor: Actor, number: number, names: readonly string[]): IssueRecord {
    const issue = ground.find(number);
    ground.demand(actor, "triage");
    const wanted = names.map(findOrMake);
    for (const label of state.labelsOf(issue)) {
      if (!wanted.includes(label)) change(actor, issue, { label, isOn: false });
    }
    for (const label of wanted) change(actor, issue, { label, isOn: true });
    return issue;
  }

  function findLabel(name: string): LabelRecord {
    const label = state.findLabel(name);
    if (label === undefined) throw new ActRefusal(404, "Not Found");
    return label;
  }

  return {
    addLabels,
    removeLabel,
    setLabels,
    createLabel(actor, label) {
      ground.demand(actor, "write");
      if (state.findLabel(label.name) !== undefined) throw new ActRefusal(422, "Validation Failed", "already_exists");
      return make(label);
    },
    updateLabel(actor, name, wanted) {
      ground.demand(actor, "write");
      const label = findLabel(name);
      label.name = wanted.name ?? label.name;
      label.color = (wanted.color ?? label.color).replace(/^#/, "");
      label.description = wanted.description ?? label.description;
      return label;
    },
    deleteLabel(actor, name) {
      ground.demand(actor, "write");
      const label = findLabel(name);
      for (const issue of state.issues.values()) change(actor, issue, { label, isOn: false });
      state.labels.delete(label.id);
      state.nodes.delete(label.node);
    },
    createMilestone(actor, milestone) {
      ground.demand(actor, "triage");
      const record: MilestoneRecord = {
        ...state.identity("milestone"),
        number: state.milestones.size + 1,
        title: milestone.title,
        description: milestone.description ?? "",
        dueOn: milestone.dueOn ?? null,
        state: "open",
      };
      state.milestones.set(record.number, record);
      state.index({ kind: "Milestone", record });
      return record;
    },
  };
}
