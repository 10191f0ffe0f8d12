/** People and bots, and what they may do. Permission is what the collaborator endpoint says, never an association. */
export const permissions = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Permission = (typeof permissions)[number];

export interface Actor {
  readonly login: string;
  /** Numeric account id; 0 where the platform did not say. */
  readonly id: number;
  readonly kind: "user" | "bot";
  readonly permission: Permission;
}

/** Whether `permission` is at least `needed`. */
export function permits(permission: Permission, needed: Permission): boolean {
  return permissions.indexOf(permission) >= permissions.indexOf(needed);
}
