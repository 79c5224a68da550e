/** What a connection of /ws/voice is held to; told at /docs/voice-socket. */

export const MAX_FRAME_BYTES = 64 * 1024;
/** Of one organisation in one process. */
export const MAX_SESSIONS = 100;
/** So many frames of a client may be worked on before no more are taken from it. */
export const MAX_PENDING = 32;
export const PING_MS = 30_000;
export const PONG_MS = 10_000;
/** How long a conversation may be without anybody who holds it. */
export const UNATTENDED_S = 30;

/** Close codes of our own, as clients know them. */
export const BAD_KEY = 4001;
export const TOO_MANY = 4002;
/** Clients come back; their calls go on meanwhile. */
export const RESTARTS = 1012;
export const FAILED = 1011;
/** WebSocket's own, of a frame that is larger than it may be. */
export const TOO_LARGE = 1009;
