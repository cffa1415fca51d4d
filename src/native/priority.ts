import { execFile } from 'node:child_process';
import { setPriority } from 'node:os';
import { promisify } from 'node:util';

const HIGHEST = -20;

/**
 * Lets the main thread, which the audio of all calls goes through, run before other programs of the machine; what it
 * starts runs as usual. False where the system does not let us: that takes root or CAP_SYS_NICE, and Linux.
 */
export async function goFirst(): Promise<boolean> {
  try {
    // Else every child would inherit it (sched(7), reset-on-fork).
    const unlessForked = ['--other', '--reset-on-fork', '--pid', '0', String(process.pid)];
    await promisify(execFile)('chrt', unlessForked);
    setPriority(process.pid, HIGHEST);
    return true;
  } catch {
    return false;
  }
}
