/** What a mode of the Action hands back: what the next steps, the page of the run and the people are told. */

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  /** A plain sentence. */
  readonly message: string;
  readonly title?: string;
  /** Path in the repository. */
  readonly file?: string;
  readonly startLine?: number;
}

export interface ActionOutcome {
  /** As documented in action/action.yml. */
  readonly outputs: Readonly<Record<string, string | number | boolean>>;
  /** One at level `error` makes the step fail. */
  readonly annotations: readonly Annotation[];
  /** Markdown; empty: nothing to show. */
  readonly summary: string;
}
