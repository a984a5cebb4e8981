/**
 * Sends plain text mails over SMTP, through nodemailer.
 *
 * @module
 */
import nodemailer from "nodemailer";

/** Time for the server to take a connection and to go on with the talk, ms. */
const TALK_MS = 15_000;

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly user?: string;
  readonly password?: string;
}

export interface Mail {
  /** Message-Id without brackets: the same at every try. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** A mail was not taken. Its text names codes only: servers repeat user names in theirs. */
export class MailError extends Error {
  override readonly name = "MailError";
  /** The server will never take it. */
  readonly permanent: boolean;

  constructor(message: string, permanent: boolean) {
    super(message);
    this.permanent = permanent;
  }
}

/** What nodemailer's errors carry. */
interface SmtpFailure {
  readonly code?: unknown;
  readonly responseCode?: unknown;
}

export class Mailer {
  readonly #server: MailServer;

  constructor(server: MailServer) {
    this.#server = server;
  }

  /** @throws {MailError} */
  async send(mail: Mail, signal: AbortSignal): Promise<void> {
    const { host, port, secure, user, password } = this.#server;
    const transport = nodemailer.createTransport({
      host,
      port,
      secure,
      connectionTimeout: TALK_MS,
      greetingTimeout: TALK_MS,
      socketTimeout: TALK_MS,
      ...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
    });
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(new MailError("The sending was broken off", false));
    signal.addEventListener("abort", onAbort);
    const sending = transport.sendMail({
      messageId: `<${mail.id}>`,
      from: mail.from,
      to: [...mail.to],
      subject: mail.subject,
      text: mail.text,
    });
    try {
      signal.throwIfAborted();
      await Promise.race([sending, aborted.promise]);
    } catch (error) {
      // What is still under way may fail too, with nobody left to hear of it.
      sending.catch(() => {});
      if (error instanceof MailError) throw error;
      throw mailError(error as SmtpFailure);
    } finally {
      signal.removeEventListener("abort", onAbort);
      transport.close();
    }
  }
}

function mailError({ code, responseCode }: SmtpFailure): MailError {
  const answer = typeof responseCode === "number" ? responseCode : null;
  if (answer !== null) return new MailError(`It answered ${answer}`, answer >= 500);
  const known = typeof code === "string" && /^[A-Z]{2,20}$/.test(code) ? ` (${code})` : "";
  return new MailError(`It cannot be reached or does not speak SMTP${known}`, false);
}
