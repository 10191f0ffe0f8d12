/**
 * Lets one act after another into the embedded GitHub, in order of arrival, and lets everything that an act sets in
 * motion come to rest before the next. So the order of events never depends on how long a git child really took.
 */
export interface Turnstile {
  /** Runs `act` when it is its turn; `isWanted` is asked then: a dead replica's requests are dropped (null). */
  pass<Result>(act: () => Promise<Result>, isWanted?: () => boolean): Promise<Result | null>;
  /** Acts that wait or run. */
  readonly openCount: number;
}

/** `rest` is awaited after every act: some rounds of the event loop headless, nothing live. */
export function createTurnstile(rest: () => Promise<void>): Turnstile {
  let tail: Promise<void> = Promise.resolve();
  let openCount = 0;

  async function pass<Result>(act: () => Promise<Result>, isWanted = (): boolean => true): Promise<Result | null> {
    openCount += 1;
    const turn = tail;
    let leave = (): void => undefined;
    tail = new Promise((resolve) => {
      leave = resolve;
    });
    await turn;
    try {
      return isWanted() ? await act() : null;
    } finally {
      // The caller goes on first; the next act waits until that has come to rest.
      void rest().then(() => {
        openCount -= 1;
        leave();
      });
    }
  }

  return {
    pass,
    get openCount() {
      return openCount;
    },
  };
}

/** No turnstile at all: everybody goes in at once. */
export const openTurnstile: Turnstile = {
  pass: async (act, isWanted = () => true) => (isWanted() ? act() : null),
  openCount: 0,
};
