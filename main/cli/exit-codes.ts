/** What the shell is told: done, something could not be answered, or the command was not understood. */
export const exitCodes = { done: 0, unanswered: 1, usage: 2 } as const;
