// What the tests of the lab share: a page that fails the test if it asks another origin for anything or reports an error.
import { test as base, expect } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";

export { plain } from "./chromium.mjs";
export { expect };

export const test = base.extend<{ watched: Page }>({
  watched: async ({ page }, use) => {
    const strangers: string[] = [];
    const errors: string[] = [];
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (/^(https?|wss?):$/.test(protocol) && hostname !== "127.0.0.1") strangers.push(request.url());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !offline(message.text())) errors.push(message.text());
    });
    await use(page);
    expect(strangers, "requests to other origins").toEqual([]);
    expect(errors, "errors of the page").toEqual([]);
  },
});

/** What Chromium itself says of files that it could not get while the test had cut the network. */
const offline = (text: string) => text.includes("net::ERR_INTERNET_DISCONNECTED");

export async function openLab(page: Page, address = "/lab/"): Promise<void> {
  await page.goto(address);
  await expect(effect(page)).toBeVisible();
}

export const area = (page: Page, name: "Model" | "Question" | "Answer"): Locator =>
  page.getByRole("region", { name, exact: true });
/** The sentence of the effect card. */
export const effect = (page: Page): Locator => page.getByText(/^Setting .* changes/).first();
export const runButton = (page: Page): Locator =>
  page.getByRole("region", { name: "Run", exact: true }).getByRole("button", { name: /^▶?\s*Run/ });

/** Runs the project as it is, and waits for its result. */
export async function run(page: Page): Promise<void> {
  await runButton(page).click();
  await expect(page.getByText("run here", { exact: true })).toBeVisible({
    timeout: 45_000,
  });
}

/** Replaces the model's text as a user does: everything marked, then typed over. */
export async function writeModel(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: /model/i }).first().click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

/** Drops files on the page, as from a desktop. */
export async function drop(page: Page, files: { name: string; bytes: Buffer }[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, base64: bytes.toString("base64") }));
  const dropped = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of all) {
      transfer.items.add(new File([Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))], name));
    }
    return transfer;
  }, given);
  for (const kind of ["dragover", "drop"]) {
    await page.getByRole("main").dispatchEvent(kind, { dataTransfer: dropped });
  }
}
