/** The hooks of git that Orchestrate can be: before a commit, and before a push. */

export const hookKinds = ["pre-commit", "pre-push"] as const;
export type HookKind = (typeof hookKinds)[number];

export function isHookKind(text: string): text is HookKind {
  return (hookKinds as readonly string[]).includes(text);
}

/** Where git keeps what the user says for this clone. Nobody who is cloned from can say it. */
export function settingsOf(kind: HookKind): { readonly section: string; readonly command: string } {
  return { section: `orchestrate.${kind}`, command: `orchestrate.${kind}.command` };
}
