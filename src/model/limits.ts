/** Every bound of the core in one place, each with its reason. What users may change is in the configuration instead. */

/** A vendor that ended well gets this long to show its pull request: Jules reports the end before GitHub shows the pull. */
export const pullGraceMs = 3 * 60_000;

/** A pull request without any check has none only after this long: workflows take a while to show their first one. */
export const noChecksGraceMs = 5 * 60_000;

/** Non-urgent writes to an issue wait this long, so that start, session and labels become one write. */
export const surfaceDelayMs = 20_000;

/** A runner takes half a minute to come up: a session that starts within this brings the write forward, and one write shows both. */
export const assignmentSurfaceDelayMs = 60_000;

/** A finished task is shown soon, but a burst of merges is still one write. */
export const completionSurfaceDelayMs = 5_000;

/** A task whose start was refused waits no longer than this for another agent, whatever the number of refusals. */
export const refusalBackoffMaxMs = 10 * 60_000;

/** Effects that become due within this are leased with the pass that records them, and wait at their owner: no commit of their own. */
export const leaseAheadMs = 60_000;

/**
 * A surface or a reaction that nobody wrote because its owner died may come this much later; in return its acknowledgement
 * nearly always finds a commit to ride on.
 */
export const surfaceLeaseExtraMs = 8 * 60_000;

/** The cockpit is written at most this often, but for what a person did to it; no later than what is leased ahead. */
export const cockpitPaceMs = 60_000;

/** Whoever ticks one box often ticks a second: both are one write. */
export const cockpitTickDelayMs = 2_000;

/** An effect that fails again and again is retried at most this slowly. */
export const effectBackoffMaxMs = 5 * 60_000;

/** Attempts kept with a task; older ones are in the log. */
export const attemptsKeptMax = 20;

/** Text that comes from outside (reasons, questions) is kept to this many characters. */
export const detailLengthMax = 500;

/** What waits behind a task is counted up to this many: beyond, one more or less tells nobody anything. */
export const impactMax = 1_000;

/** Of so many ready tasks a reading notes how long the oldest has waited: the default of `limits.queue`. A longer queue is not walked for it. */
export const oldestLookMax = 1_000;

/** Results kept of a worker, and refusals of an agent: more than any sample that is taken of them. */
export const workerResultsMax = 50;

/** Durations of sessions kept of a kind of work, of an agent and of all: enough for a percentile, and newer than how it once was. */
export const durationsMax = 50;

/** Timeouts in a row lengthen the next one to at most this many times the agent's own: a session that hangs must still end. */
export const timeoutGrowthMax = 4;

/** So many tasks that nobody can take are told of with one schedule: a configuration that loses an agent must not fill one commit with them. */
export const judgedMax = 500;

/** So many of the most urgent ready tasks are weighed against what runs, to see whether somebody gives way to them. */
export const preemptLookMax = 20;

/** So many are passed over in it, because they may not start now or one like them was weighed in vain. */
export const preemptPassMax = 1_000;

/** The paths that a merge changes are kept while it is on its way, up to this many characters: what changes more overlaps everything. */
export const mergeFilesLengthMax = 4_000;

/**
 * A branch that is brought up to date keeps its turn for so long, which is time for most checks: what hangs must not keep all others from
 * being merged.
 */
export const branchTurnMs = 2 * 60 * 60_000;

/** GitHub answers before it has brought a branch up to date. What is not there after so long will not come. */
export const branchUpdateMs = 10 * 60_000;

/** What the next attempt is told of a pull request: that an agent reads it, and a hundred of them fit into memory. */
export const feedbackBytesMax = 8 * 1024;

/** Failing checks that are passed on with their lines; each costs a request for its log. */
export const feedbackChecksMax = 5;

/** Lines of one check. */
export const feedbackLinesMax = 40;

/** Dossiers that are kept at once: 4 MB at most, and more tasks than are in flight anywhere. The oldest goes first. */
export const dossiersMax = 500;

/** Feedback that could not be had in so many tries is gone without: an attempt that knows less is better than none. */
export const feedbackTriesMax = 3;

/** A retry that is due waits this long for what it is to be told: a lease of somebody who died has run out by then. */
export const feedbackWaitMs = 5 * 60_000;

/** Dead letters that are kept, the newest: more than a person sees to. */
export const lettersMax = 100;

/** What goes wrong in another way each time is written down again no sooner: a cycle has two chances a minute. */
export const letterRetoldMs = 60 * 60_000;

/** Submissions that are remembered, so that one that comes again is answered and not made again: far more than any client repeats. */
export const submissionsMax = 1_000;

/** Pieces of a split that are opened in one go, each with three writes or more: well within a lease. */
export const piecesAheadMax = 5;

/** A piece that was opened is seen below its parent by then, unless somebody has taken it away. */
export const pieceSeenMs = 10 * 60_000;

/** The same words from the same caller within it are one submission where no key says otherwise: clients repeat a lost request in seconds or minutes. */
export const sameSubmissionMs = 10 * 60_000;

/** Of more open tasks nobody waits for an answer that counts their stages one by one: their longest chain says "at least". */
export const stagesCountedMax = 10_000;

/** Open tasks that are played through in every mode for an answer: about a tenth of a second. */
export const simulatedMax = 2_000;
