/** A curl that sends a mail as the agent that holds the key. */
export function sendCommand(publicUrl: string, apiKey: string): string {
  return `curl ${publicUrl}/v1/email/send \\
  -H 'Authorization: Bearer ${apiKey}' \\
  -H 'Content-Type: application/json' \\
  -d '{"to": "you@example.com", "subject": "Hello", "body": "It works."}'`;
}
