// The least that Electron can be: one window with one button. What Slipway takes beyond it is its own.
const { app, BrowserWindow } = require('electron');

app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true } });
  void window.loadURL('data:text/html,<button>Ready</button>');
});
app.on('window-all-closed', () => app.quit());
