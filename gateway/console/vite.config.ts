import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The gateway embeds what is built, and serves it below /console/.
export default defineConfig({
  base: "/console/",
  plugins: [react()],
  // The first chunk is Mantine, React and the router: known, and kept for ever by its name.
  build: { outDir: "../internal/console/dist", emptyOutDir: true, assetsInlineLimit: 0, manifest: true, target: "es2022", chunkSizeWarningLimit: 650 },
});
