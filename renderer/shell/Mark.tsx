import styles from './Mark.module.css';

/** The app's mark: a hull on its way. */
export function Mark() {
  return (
    <svg className={styles['mark']} viewBox="0 0 20 20" aria-hidden="true">
      <rect width="20" height="20" rx="5" className={styles['ground']} />
      <path d="M3.5 15.5 16.5 11" className={styles['way']} />
      <path
        d="m5.2 8.1 8.6-3a.6.6 0 0 1 .78.72c-.5 1.92-1.44 3-2.74 3.46l-2.9 1c-1.5.5-2.84.03-3.98-1.38a.5.5 0 0 1 .24-.8Z"
        className={styles['hull']}
      />
    </svg>
  );
}
