/** The list of uploaded pictures, in the folder that they were unpacked to: one a line, where it lies, and what the client calls it. */
export const uploadListName = 'pictures.jsonl';
