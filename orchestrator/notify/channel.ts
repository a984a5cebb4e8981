/**
 * A way by which messages reach people. Addresses hold secrets, so a channel shows only its kind and
 * host, and its errors hold nothing of what was configured.
 *
 * @module
 */
import type { Message } from "./message.ts";

/** A way to people. */
export interface Channel {
  /** For logs and pages: kind and host, never the address. */
  readonly name: string;
  /**
   * Hands one message over.
   *
   * @throws {DeliveryError} When it was not taken; it says whether another try may help.
   */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** A message was not taken. Its text holds no secret. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  /** False: the same message will never be taken. */
  readonly retryable: boolean;
  /** How long the receiver asked to wait, ms. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    options: { readonly retryable: boolean; readonly retryAfterMs?: number | null },
  ) {
    super(message);
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
