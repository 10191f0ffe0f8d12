/** Loaded before a program: its clock runs as fast as the world's, which showed FAST_CLOCK_NOW at the real instant FAST_CLOCK_AT. */
const { FAST_CLOCK_SPEED = "1", FAST_CLOCK_NOW = "0", FAST_CLOCK_AT } = process.env;
const speed = Number(FAST_CLOCK_SPEED);
const RealDate = Date;
const realStart = FAST_CLOCK_AT === undefined ? RealDate.now() : Number(FAST_CLOCK_AT);
const realSetTimeout = setTimeout;

function now() {
  return Math.round(Number(FAST_CLOCK_NOW) + (RealDate.now() - realStart) * speed);
}

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }
  static now() {
    return now();
  }
};
globalThis.setTimeout = (action, ms = 0, ...rest) => realSetTimeout(action, ms / speed, ...rest);
