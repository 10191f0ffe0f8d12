/** Acts on labels and milestones. Whoever may triage labels; only write makes, renames or deletes labels. */
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import { issuePayload } from "./payload.ts";
import type { IssueRecord, LabelRecord, MilestoneRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, LabelActs } from "./world-acts.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground } from "./world-ground.ts";

/** The colour that GitHub gives to a label made in passing. */
const passingColor = "ededed";

export function createLabelActs(ground: Ground): LabelActs {
  return methodsOf<LabelActs>(new LabelRoom(ground));
}

class LabelRoom implements LabelActs {
  readonly #ground: Ground;
  readonly #state: RepositoryState;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#state = ground.state;
  }

  #make(label: { readonly name: string; readonly color?: string; readonly description?: string }): LabelRecord {
    const record: LabelRecord = {
      ...this.#state.identity("label"),
      name: label.name,
      color: (label.color ?? passingColor).replace(/^#/, ""),
      description: label.description ?? "",
    };
    this.#state.labels.set(record.id, record);
    this.#state.index({ kind: "Label", record });
    return record;
  }

  #change(actor: Actor, issue: IssueRecord, wanted: { readonly label: LabelRecord; readonly isOn: boolean }): void {
    const { label, isOn } = wanted;
    if (issue.labels.has(label.id) === isOn) return;
    if (isOn) issue.labels.add(label.id);
    else issue.labels.delete(label.id);
    this.#ground.touch(issue);
    const event = isOn ? "labeled" : "unlabeled";
    this.#ground.note(actor, issue, { event, label: label.name });
    const { name, body } = issuePayload(this.#state, issue, { action: event, label });
    this.#ground.deliver(name, actor, body);
    this.#ground.tell(actor, "label", { target: targetOf(issue), detail: { label: label.name, added: isOn } });
  }

  #findOrMake(name: string): LabelRecord {
    if (name.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
    return this.#state.findLabel(name) ?? this.#make({ name });
  }

  addLabels(actor: Actor, number: number, names: readonly string[]): IssueRecord {
    const issue = this.#ground.find(number);
    this.#ground.demand(actor, "triage");
    for (const name of names) this.#change(actor, issue, { label: this.#findOrMake(name), isOn: true });
    return issue;
  }

  removeLabel(actor: Actor, number: number, name: string): IssueRecord {
    const issue = this.#ground.find(number);
    this.#ground.demand(actor, "triage");
    const label = this.#state.findLabel(name);
    if (label === undefined || !issue.labels.has(label.id)) throw new ActRefusal(404, "Label does not exist");
    this.#change(actor, issue, { label, isOn: false });
    return issue;
  }

  setLabels(actor: Actor, number: number, names: readonly string[]): IssueRecord {
    const issue = this.#ground.find(number);
    this.#ground.demand(actor, "triage");
    const wanted = names.map((name) => this.#findOrMake(name));
    for (const label of this.#state.labelsOf(issue)) {
      if (!wanted.includes(label)) this.#change(actor, issue, { label, isOn: false });
    }
    for (const label of wanted) this.#change(actor, issue, { label, isOn: true });
    return issue;
  }

  #findLabel(name: string): LabelRecord {
    const label = this.#state.findLabel(name);
    if (label === undefined) throw new ActRefusal(404, "Not Found");
    return label;
  }

  createLabel(actor: Actor, label: Parameters<LabelActs["createLabel"]>[1]): ReturnType<LabelActs["createLabel"]> {
    this.#ground.demand(actor, "write");
    if (this.#state.findLabel(label.name) !== undefined)
      throw new ActRefusal(422, "Validation Failed", "already_exists");
    return this.#make(label);
  }

  updateLabel(
    actor: Actor,
    name: Parameters<LabelActs["updateLabel"]>[1],
    wanted: Parameters<LabelActs["updateLabel"]>[2],
  ): ReturnType<LabelActs["updateLabel"]> {
    this.#ground.demand(actor, "write");
    const label = this.#findLabel(name);
    label.name = wanted.name ?? label.name;
    label.color = (wanted.color ?? label.color).replace(/^#/, "");
    label.description = wanted.description ?? label.description;
    return label;
  }

  deleteLabel(actor: Actor, name: Parameters<LabelActs["deleteLabel"]>[1]): ReturnType<LabelActs["deleteLabel"]> {
    this.#ground.demand(actor, "write");
    const label = this.#findLabel(name);
    for (const issue of this.#state.issues.values()) this.#change(actor, issue, { label, isOn: false });
    this.#state.labels.delete(label.id);
    this.#state.nodes.delete(label.node);
  }

  createMilestone(
    actor: Actor,
    milestone: Parameters<LabelActs["createMilestone"]>[1],
  ): ReturnType<LabelActs["createMilestone"]> {
    this.#ground.demand(actor, "triage");
    const record: MilestoneRecord = {
      ...this.#state.identity("milestone"),
      number: this.#state.milestones.size + 1,
      title: milestone.title,
      description: milestone.description ?? "",
      dueOn: milestone.dueOn ?? null,
      state: "open",
    };
    this.#state.milestones.set(record.number, record);
    this.#state.index({ kind: "Milestone", record });
    return record;
  }
}
