// How every browser test starts Chromium.
export const chromiumOptions = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

// Where the files are served: with the headers of isolation, and without. DOLAB_E2E_PORT moves both.
const first = Number(process.env.DOLAB_E2E_PORT ?? 4317);
export const ports = { isolated: first, plain: first + 1 };
export const plain = `http://127.0.0.1:${ports.plain}`;
