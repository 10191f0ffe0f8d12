/** Time as the program sees it: real, sped up, or virtual. Nothing but a clock's maker reads the system's own. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `action` once after `ms`. The label says what the timer is for (`cycle`, `retry`, `lease`, `pace`). */
  after(ms: number, label: string, action: () => void): Timer;
  /** Resolves after `ms`; never rejects. */
  sleep(ms: number, label: string): Promise<void>;
}
