// The visual language of Aval's pages (gateway/internal/pages/aval.css): paper,
// ink, one green, titles in a book face.
import { Button, createTheme, type CSSVariablesResolver } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "aval",
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  headings: { fontFamily: 'Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "Liberation Serif", serif', fontWeight: "600" },
  components: { Button: Button.extend({ defaultProps: { variant: "filled" } }) },
  colors: {
    red: ["#fbeae7", "#f7d3cd", "#f7b4ac", "#f4a59b", "#f2958a", "#dd6a5d", "#c94a3d", "#b5352a", "#a3261b", "#7f1b12"],
    aval: ["#e4f0ed", "#c6e2dc", "#a1d2c8", "#7cc4b6", "#5cc4b2", "#2f9a89", "#1f7c6e", "#146a5e", "#0d5c52", "#08443c"],
  },
});

export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#faf8f4",
    "--mantine-color-text": "#1d2327",
    "--mantine-color-dimmed": "#55605f",
    "--mantine-color-error": "#a3261b",
    "--aval-card": "#ffffff",
    "--aval-line": "#d9d5cb",
    "--aval-wash": "#e4f0ed",
    "--aval-wait": "#6e4a00",
    "--aval-good": "#0d5c52",
    "--aval-bad": "#a3261b",
  },
  dark: {
    "--mantine-color-body": "#14191a",
    "--mantine-color-text": "#e9ecea",
    "--mantine-color-dimmed": "#a9b4b1",
    "--mantine-color-error": "#f2958a",
    "--aval-card": "#1c2324",
    "--aval-line": "#364041",
    "--aval-wash": "#18322e",
    "--aval-wait": "#efc775",
    "--aval-good": "#5cc4b2",
    "--aval-bad": "#f2958a",
  },
});
