import type { SMTPServer, SMTPServerSession } from "smtp-server";
import { networkOf } from "#server/platform/network.ts";

/** One connection. */
export type Peer = {
  unknownRecipients: number;
  /** From DATA to its reply. */
  busy: boolean;
  /** The connection has ended. */
  gone: boolean;
  /** Tells the peer 421 with the reason and ends the connection. */
  disconnect: (reason: string) => void;
  sessionTimer: NodeJS.Timeout;
};

/** Keeps what is known about each connection, and ends connections that last longer than `sessionMs`. */
export class Peers {
  #bySession = new Map<string, Peer>();
  /** How many connections each network has. */
  #perNetwork = new Map<string, number>();
  #sessionMs: number;

  constructor(sessionMs: number) {
    this.#sessionMs = sessionMs;
  }

  open(session: SMTPServerSession, server: SMTPServer): void {
    const disconnect = (reason: string) => {
      for (const connection of server.connections) if (connection.session === session) connection.send(421, reason);
    };
    const sessionTimer = setTimeout(() => {
      // While a mail is in work its own limits hold; after it the peer gets another full period.
      if (peer.busy) peer.sessionTimer.refresh();
      else disconnect("Session took too long");
    }, this.#sessionMs);
    sessionTimer.unref();
    const peer: Peer = { unknownRecipients: 0, busy: false, gone: false, disconnect, sessionTimer };
    this.#bySession.set(session.id, peer);
    this.#perNetwork.set(networkOf(session.remoteAddress), this.countOf(session) + 1);
  }

  /** How many connections the peer's network has. */
  countOf(session: SMTPServerSession): number {
    return this.#perNetwork.get(networkOf(session.remoteAddress)) ?? 0;
  }

  get(session: SMTPServerSession): Peer {
    const peer = this.#bySession.get(session.id);
    if (!peer) throw new Error("The connection has ended");
    return peer;
  }

  isBusy(session: SMTPServerSession): boolean {
    return this.#bySession.get(session.id)?.busy ?? false;
  }

  close(session: SMTPServerSession): void {
    const peer = this.#bySession.get(session.id);
    if (!peer) return;
    peer.gone = true;
    clearTimeout(peer.sessionTimer);
    this.#bySession.delete(session.id);
    const network = networkOf(session.remoteAddress);
    const left = this.countOf(session) - 1;
    if (left > 0) this.#perNetwork.set(network, left);
    else this.#perNetwork.delete(network);
  }
}
