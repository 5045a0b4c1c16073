// A drawn SVG as a file, on the ground that it is seen on.
import { save } from "./save";
import { svgText } from "./svgText";

/** Pixels of a PNG for each of the page's. */
const SHARPNESS = 2;

export async function savePicture(picture: SVGSVGElement, name: string, format: "svg" | "png"): Promise<void> {
  const { width, height } = picture.getBoundingClientRect();
  const svg = `data:image/svg+xml,${encodeURIComponent(svgText(picture, groundOf(picture)))}`;
  if (format === "svg") return save(svg, `${name}.svg`);
  const image = new Image();
  image.src = svg;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SHARPNESS * width, SHARPNESS * height];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  await save(canvas.toDataURL("image/png"), `${name}.png`);
}

/** The first background around it that is not transparent. */
function groundOf(picture: Element): string {
  for (let around: Element | null = picture; around; around = around.parentElement) {
    const { backgroundColor } = getComputedStyle(around);
    if (!/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor)) return backgroundColor;
  }
  return "white";
}
