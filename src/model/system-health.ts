/** The health of the whole system as it is told: one number, the shares that it is made of, and what each says in words. */

export const healthParts = ["workers", "attempts", "tasks", "queue"] as const;
export type HealthPartName = (typeof healthParts)[number];

/** `good` of `of` are as they should be; the share is 1 where there is nothing to judge. */
export interface HealthPart {
  readonly share: number;
  readonly good: number;
  readonly of: number;
}

export interface SystemHealth {
  /** 0 to 1, rounded to four places. */
  readonly value: number;
  readonly parts: Readonly<Record<HealthPartName, HealthPart>>;
}

/** The parts that are not as they should be, worst first. */
export function ailingParts({ parts }: SystemHealth): readonly HealthPartName[] {
  return healthParts
    .filter((name) => parts[name].share < 1)
    .toSorted((one, other) => parts[one].share - parts[other].share);
}

/** What the parts are called, with their numbers. */
const partWords: Readonly<Record<HealthPartName, (part: HealthPart) => string>> = {
  workers: ({ good, of }) => `${of - good} of ${counted(of, "worker")} cannot work`,
  attempts: ({ good, of }) => `${of - good} of the last ${counted(of, "attempt")} failed`,
  tasks: ({ good, of }) => `${of - good} of ${counted(of, "open task")} ${of - good === 1 ? "stands" : "stand"} still`,
  queue: ({ good, of }) => `${counted(of, "ready task")} wait for a worker where ${good} may`,
};

/** The part in words, with its numbers. */
export function describeHealthPart(name: HealthPartName, part: HealthPart): string {
  return partWords[name](part);
}

function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

/** `0.69`; never rounded up to a bound that it is below. */
export function hundredths(value: number): string {
  return (Math.floor(value * 100 + 1e-9) / 100).toFixed(2);
}
