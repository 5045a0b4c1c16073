import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "generated", "node_modules"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["scripts/**", "*.config.*"],
    languageOptions: {
      globals: { process: "readonly", console: "readonly", URL: "readonly", performance: "readonly" },
    },
  },
  {
    files: ["src/sw.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["self", "caches", "fetch", "Request", "Response", "Headers", "URL"].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    rules: {
      "no-restricted-globals": ["error", "alert", "confirm", "prompt"],
      // `const { left: _, ...rest }` leaves one key out.
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_" }],
    },
  },
);
