/** Recipients of a mail: To, Cc and Bcc together. */
export const MAX_RECIPIENTS = 50;
/** Characters. */
export const MAX_SUBJECT = 998;
export const MAX_ATTACHMENTS = 20;
/** Of all attachments of a mail together, decoded. */
export const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024;
