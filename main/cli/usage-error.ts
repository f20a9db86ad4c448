/** The command cannot even begin: its arguments make no sense together, or name a folder that is no model. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
