import { join } from 'node:path';
import { app } from 'electron';
import { setupCompileCache } from './compile-cache';
import { setupProfile } from './profile';
import { startShell } from './shell';

setupProfile();
setupCompileCache(join(app.getPath('userData'), 'compile-cache'));
startShell();
