/** How a table is written. `hashmap` is what TensorFlow Serving's hashmap servable reads: exactly `key,value` on each line. */
export type TableFormat = 'csv' | 'tsv' | 'hashmap' | 'json' | 'jsonl' | 'word2vec' | 'npy';
