import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import Banner from "@/components/Banner";
import type { DocEntry, DocSection } from "@/core/docs";
import { docsOf, searchDocs } from "@/core/docs";
import { toProblem } from "@/core/engine";
import { language, loadLanguage } from "@/core/words";
import { counted } from "@/util/format";
import "./docs-panel.css";

/** Entries of a section that are shown while nothing is searched for. */
const FEW = 12;

interface Props {
  /** The one that is open at first. */
  section: string;
  onClose: () => void;
}

/** How to read answers and what may be written in a model, to be searched. */
export default function DocsPanel({ section: chosen, onClose }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    field.current?.focus();
    loadLanguage().catch((error: unknown) => setProblem(toProblem(error).message));
  }, []);
  const sections = useMemo(() => docsOf(language.value), [language.value]);
  const found = searchDocs(sections, query);
  const count = found.reduce((sum, { entries }) => sum + entries.length, 0);
  const escaped = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose();
  };
  return (
    <div class="docs-panel" onKeyDown={escaped}>
      <div class="row spread">
        <h2>Docs</h2>
        <button type="button" class="button quiet" onClick={onClose}>
          Close
        </button>
      </div>
      <div class="stack docs-panel-search">
        <label for={id} class="visually-hidden">
          Search the docs
        </label>
        <input
          ref={field}
          id={id}
          class="field"
          type="search"
          placeholder="Search: HDI, Normal, keys…"
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <p class="small muted" role="status">
          {query.trim() === "" ? "" : count === 0 ? "Nothing found." : `${counted(count, "entry", "entries")} found.`}
        </p>
      </div>
      {problem && (
        <Banner kind="warn" title="The language is described by the engine, which could not be loaded.">
          {problem}
        </Banner>
      )}
      {found.map((section) => (
        <Section
          key={`${section.id} ${query === ""} ${chosen}`}
          section={section}
          isOpen={section.id === chosen}
          isSearched={query.trim() !== ""}
        />
      ))}
    </div>
  );
}

interface SectionProps {
  section: DocSection;
  isOpen: boolean;
  isSearched: boolean;
}

function Section({ section, isOpen, isSearched }: SectionProps) {
  const [all, showAll] = useState(false);
  const { title, about, code, entries } = section;
  const shown = isSearched || all || entries.length <= FEW + 3 ? entries : entries.slice(0, FEW);
  return (
    <details class="docs-panel-section" open={isSearched || isOpen}>
      <summary>
        <h3>{title}</h3>
        <span class="docs-panel-about small muted">{about}</span>
      </summary>
      <dl>
        {shown.map((entry) => (
          <Entry key={entry.title} entry={entry} code={code} />
        ))}
      </dl>
      {shown.length < entries.length && (
        <button type="button" class="button quiet small" onClick={() => showAll(true)}>
          Show all {entries.length}
        </button>
      )}
    </details>
  );
}

function Entry({ entry: { title, signature, text }, code }: { entry: DocEntry; code: boolean }) {
  return (
    <div class="docs-panel-entry">
      <dt>{code ? <code>{signature === null ? title : `${title}(${signature})`}</code> : title}</dt>
      <dd>{text}</dd>
    </div>
  );
}
