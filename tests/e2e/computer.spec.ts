// The page of `dolab lab`: the same experiment, run by the native engine of this computer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "@playwright/test";
import { area, effect, expect, openLab, run, runButton, test as base } from "./lab";

const root = path.resolve(import.meta.dirname, "../..");
const program = process.env["DOLAB"] ?? path.join(root, "build/bin/dolab");

/** The address that a lab prints; it ends with the test. */
const test = base.extend<{ address: string }>({
  // eslint-disable-next-line no-empty-pattern
  address: async ({}, use) => {
    const lab = spawn(program, ["lab", "--port", "0", "--quiet", "--dir", path.join(root, "web/dist")]);
    const [address] = (await once(createInterface(lab.stdout), "line")) as [string];
    await use(address);
    const ended = once(lab, "exit");
    lab.kill("SIGINT");
    await ended;
  },
});

/** The page's runs go to the computer, or come back. */
async function runOnComputer(page: Page, on: boolean) {
  await page.getByRole("button", { name: "Advanced" }).click();
  await page.getByRole("checkbox", { name: /Run on this computer/ }).setChecked(on);
  await page.keyboard.press("Escape");
}

const origin = (page: Page, words: string) => area(page, "Answer").getByText(words, { exact: true });

test("the token leaves the address, and enters no link", async ({ watched: page, address }) => {
  const token = new URLSearchParams(new URL(address).hash.slice(1)).get("token") ?? "";
  expect(token.length).toBeGreaterThan(20);
  await openLab(page, address);
  await expect.poll(() => page.url()).not.toContain("token");
  expect(page.url()).not.toContain(token);
  await page.getByRole("button", { name: "Share" }).click();
  const written = page.getByRole("textbox", { name: /Link/ });
  await expect(written).toHaveValue(/#p=1\./);
  const link = await written.inputValue();
  expect(link).not.toContain(token);
  expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
});

test("a run on the computer comes to the effect of the page's own", async ({ watched: page, address }) => {
  await openLab(page, address);
  await runOnComputer(page, true);
  await runButton(page).click();
  await expect(origin(page, "run on this computer")).toBeVisible({ timeout: 45_000 });
  await expect(effect(page)).toBeVisible();
  const there = await effect(page).textContent();
  await runOnComputer(page, false);
  await run(page);
  await expect(effect(page)).toHaveText(there ?? "");
});

test("a run on the computer shows its progress, and stop keeps what it had found", async ({
  watched: page,
  address,
}) => {
  await openLab(page, address);
  await page.getByRole("textbox", { name: "Steps" }).fill("100000000");
  await runOnComputer(page, true);
  await runButton(page).click();
  await expect(area(page, "Answer").getByText(/on this computer\. The rest of the page/)).toBeVisible();
  await expect(page.getByText(/of 100,000,000 steps/)).toBeVisible();
  await page.waitForTimeout(1000);
  await page.getByRole("button", { name: /Stop/ }).click();
  await expect(origin(page, "run on this computer, partial")).toBeVisible({ timeout: 20_000 });
  await expect(effect(page)).toBeVisible();
});

test("without the token nothing runs there", async ({ watched: page, address }) => {
  await openLab(page, address.replace(/#.*/, ""));
  await page.getByRole("button", { name: "Advanced" }).click();
  await expect(page.getByRole("group", { name: "Advanced" })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /Run on this computer/ })).toHaveCount(0);
});
