// A drawn SVG as text that stands alone: the styles of the page are written into it.
const properties = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "opacity",
  "paint-order",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
];

export function svgText(picture: SVGSVGElement, ground: string | null = null): string {
  const copy = picture.cloneNode(true) as SVGSVGElement;
  const originals = picture.querySelectorAll("*");
  for (const [i, element] of copy.querySelectorAll("*").entries()) {
    const original = originals[i];
    if (!original) continue;
    const style = getComputedStyle(original);
    for (const property of properties) element.setAttribute(property, style.getPropertyValue(property));
    for (const name of ["class", "tabindex", "role"]) element.removeAttribute(name);
  }
  for (const name of ["class", "tabindex", "role"]) copy.removeAttribute(name);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  if (ground !== null) {
    const behind = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: ground })) {
      behind.setAttribute(name, value);
    }
    copy.prepend(behind);
  }
  return new XMLSerializer().serializeToString(copy);
}
