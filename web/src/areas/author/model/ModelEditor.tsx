import type { ReadonlySignal } from "@preact/signals";
import { effect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import Banner from "@/components/Banner";
import type { PlacedProblem } from "@/core/problems";
import { vocabulary } from "@/core/words";
import type { Editor } from "./editor";

interface Props {
  /** A text that is not the editor's own takes its place, and starts with another history. */
  text: ReadonlySignal<string>;
  /** Null while the core looks: then the marks stay. */
  problems: PlacedProblem[] | null;
  /** Site whose statement is marked. */
  site: string | null;
  onChange: (text: string) => void;
  handle: RefObject<Editor | null>;
}

/** The text at once, and an editor in its place when that has been loaded. */
export default function ModelEditor({ text, problems, site, onChange, handle }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  useEffect(() => {
    let gone = false;
    const mount = async () => {
      const { mountEditor } = await import("./editor");
      if (gone || !host.current) return;
      // Styles of the editor are of the shadow root's own, which the Content-Security-Policy allows.
      const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
      handle.current = mountEditor({
        root,
        parent: root,
        text: text.peek(),
        onChange,
        vocabulary,
      });
      setState("ready");
    };
    mount().catch(() => setState("failed"));
    const stop = effect(() => {
      const given = text.value;
      if (handle.current && handle.current.text() !== given) handle.current.open(given);
    });
    return () => {
      gone = true;
      stop();
      handle.current?.destroy();
      handle.current = null;
    };
  }, [text, onChange, handle]);

  useEffect(() => {
    if (problems) handle.current?.mark(problems);
  }, [problems, state, handle]);
  useEffect(() => {
    handle.current?.showSite(site);
  }, [site, state, handle]);

  return (
    <div class="model-editor" data-state={state}>
      {state === "failed" && (
        <Banner kind="bad" title="The editor could not be loaded">
          Reload the page to edit the model; everything else works.
        </Banner>
      )}
      <div ref={host} class="model-editor-host" hidden={state !== "ready"} />
      {state !== "ready" && <StaticText text={text.value} />}
    </div>
  );
}

function StaticText({ text }: { text: string }) {
  return (
    <pre class="model-text" aria-label="Text of the model" tabIndex={0}>
      {text.split("\n").map((line, number) => (
        <code key={number}>{line || " "}</code>
      ))}
    </pre>
  );
}
