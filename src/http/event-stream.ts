/**
 * An answer that goes on: Server-Sent Events. The connection asks for the next frame only when it has sent the one before, so that a
 * slow reader costs one frame and no queue.
 */
import type { ServerResponse } from "node:http";
import type { Clock } from "../ports/clock.ts";

/** Shorter than proxies wait for a silent answer. */
const beatMs = 15_000;
/** Beats that a reader may let pass without taking what was sent. */
const patienceBeats = 4;

/** Where the frames come from. A route that returns one is answered by it. */
export interface FrameSource {
  /** The next frame; null while there is none. */
  next(): string | null;
  /** `grown` is called when there may be one, `ended` when there is none any more. Returns what stops both. */
  follow(follower: { grown(): void; ended(): void }): () => void;
}

export class EventStream {
  readonly source: FrameSource;

  constructor(source: FrameSource) {
    this.source = source;
  }
}

export interface Frame {
  readonly id: number;
  /** Left out: `message`, which is what a reader listens to that listens to nothing in particular. */
  readonly event?: string;
  readonly data: unknown;
}

/** JSON has no line ends of its own, so that no text of other people ends the frame or begins another. */
export function toFrame({ id, event, data }: Frame): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return `id: ${id}\n${name}data: ${JSON.stringify(data)}\n\n`;
}

export const eventStreamType = "text/event-stream";

/** Sends until the reader goes, takes nothing for a minute, or the source ends. `failed` hears what a source throws. */
export function sendEvents(
  response: ServerResponse,
  source: FrameSource,
  { clock, failed }: { readonly clock: Clock; failed(error: unknown): void },
): void {
  let isOpen = true;
  let missedBeats = 0;
  let timer = clock.after(beatMs, "heartbeat", beat);
  const unfollow = source.follow({ grown: pump, ended: close });

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    timer.cancel();
    unfollow();
    if (response.writableNeedDrain) response.destroy();
    else response.end();
  }

  function pump(): void {
    try {
      while (isOpen && !response.writableNeedDrain) {
        const frame = source.next();
        if (frame === null) return;
        response.write(frame);
      }
    } catch (error) {
      failed(error);
      close();
    }
  }

  function beat(): void {
    missedBeats = response.writableNeedDrain ? missedBeats + 1 : 0;
    if (missedBeats >= patienceBeats) return close();
    if (missedBeats === 0) response.write(":\n\n");
    timer = clock.after(beatMs, "heartbeat", beat);
  }

  response.on("close", close);
  response.on("error", close);
  response.on("drain", pump);
  // The header keeps nginx from holding frames back.
  response.writeHead(200, { "content-type": eventStreamType, "cache-control": "no-store", "x-accel-buffering": "no" });
  response.flushHeaders();
  pump();
}
