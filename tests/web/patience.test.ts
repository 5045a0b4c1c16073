// A question that is not answered is told from one that takes long.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { run } from "@/core/lab";
import { patiently, silent } from "@/core/patience";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function question() {
  let answer: () => void = () => undefined;
  let heard: () => void = () => undefined;
  const done = patiently((listen) => {
    heard = listen;
    return new Promise<void>((resolve) => (answer = resolve));
  });
  const answered = () => {
    answer();
    return done;
  };
  return { answered, heard: () => heard() };
}

it("says so when nothing is heard for eight seconds, until the answer comes", async () => {
  const { answered } = question();
  vi.advanceTimersByTime(7900);
  expect(silent.value).toBe(false);
  vi.advanceTimersByTime(200);
  expect(silent.value).toBe(true);
  await answered();
  expect(silent.value).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(silent.value).toBe(false);
});

it("waits on while there is progress", async () => {
  const { answered, heard } = question();
  for (let second = 0; second < 60; second += 5) {
    vi.advanceTimersByTime(5000);
    heard();
    expect(silent.value).toBe(false);
  }
  vi.advanceTimersByTime(8100);
  expect(silent.value).toBe(true);
  heard();
  expect(silent.value).toBe(false);
  await answered();
});

it("is not put off by other questions, but by their answers and by runs", async () => {
  const first = question();
  vi.advanceTimersByTime(6000);
  const second = question();
  vi.advanceTimersByTime(2100);
  expect(silent.value).toBe(true);
  await first.answered();
  expect(silent.value).toBe(false);
  vi.advanceTimersByTime(6000);
  run.value = { kind: "idle" };
  vi.advanceTimersByTime(6000);
  expect(silent.value).toBe(false);
  await second.answered();
});

it("is over with a question that fails", async () => {
  const failed = patiently(() => Promise.reject(new Error("lost")));
  await expect(failed).rejects.toThrow("lost");
  vi.advanceTimersByTime(60_000);
  expect(silent.value).toBe(false);
});
