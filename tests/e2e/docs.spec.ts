// The docs inside the page: opened, searched, closed by the keyboard, away from the network.
import { area, effect, expect, openLab, runButton, test } from "./lab";

test("the docs explain answers and the language, take the answer's place, and give the focus back", async ({
  watched: page,
  context,
}) => {
  await openLab(page);
  await expect(page.getByRole("textbox", { name: "Text of the model" })).toBeVisible();
  const docs = page.getByRole("region", { name: "Docs", exact: true });
  const button = page.getByRole("button", { name: "Docs" });
  await button.focus();
  await page.keyboard.press("Enter");
  const search = docs.getByRole("searchbox", { name: "Search the docs" });
  await expect(search).toBeFocused();
  await expect(area(page, "Answer")).toBeHidden();
  await page.keyboard.type("dist.HalfN");
  await expect(docs.getByText(/^dist\.HalfNormal\(scale=1/)).toBeVisible();
  await expect(docs.getByRole("status")).toHaveText("1 entry found.");
  await page.keyboard.press("Escape");
  await expect(docs).toBeHidden();
  await expect(button).toBeFocused();

  const link = area(page, "Answer").getByRole("button", { name: "How to read this" });
  await context.setOffline(true);
  await link.click();
  await expect(docs.getByText("Probability of direction", { exact: true })).toBeVisible();
  await docs.getByRole("button", { name: "Close" }).click();
  await expect(link).toBeFocused();
  await context.setOffline(false);

  await button.click();
  await runButton(page).click();
  await expect(docs).toBeHidden();
  await expect(effect(page)).toBeVisible();
});
