/** A failure that the text explains fully: shown without a stack. */
export class SetupError extends Error {}
