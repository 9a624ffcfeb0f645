package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/journey"
	"github.com/aval-access/aval/deploy/stack"
)

const (
	// browserDir holds the program that drives the browser, from the root.
	browserDir = "deploy/browser"
	// scrolledPixels of the list are about six thousand rows.
	scrolledPixels = 500_000
	// consoleRows is one more than the list's own part has: the number tells the
	// partners' owners apart.
	consoleRows = 100_001
)

// consoleFigures are what the program tells.
type consoleFigures struct {
	JSGzKB        float64 `json:"js_gz_kb"`
	LCPMillis     float64 `json:"lcp_ms"`
	EmptyLCP      float64 `json:"empty_lcp_ms"`
	FirstUsefulMS float64 `json:"first_useful_ms"`
	LongTasks     float64 `json:"long_tasks"`
}

// consoleOrder is what the program is told.
type consoleOrder struct {
	URL      string `json:"url"`
	Chromium string `json:"chromium"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Height   int    `json:"height"`
}

// console measures the web console in a browser: the weight of what its first
// screen loads, when its largest thing and its first row show on a slow profile
// (an error page, which has next to nothing, is measured by turns with it), and
// the tasks over 50 ms of processor time while a list of 100,000 is scrolled.
func console(ctx context.Context, out io.Writer, s *stack.Stack, _ *demodata.Data) error {
	chromium, why := findBrowser()
	if why != "" {
		fmt.Fprintln(out, "console: not measured:", why)
		return nil
	}
	return play(s, overREST, func(w journey.World) error {
		partner, err := withDossiers(ctx, w, s.Database("partnersupport").System, consoleRows)
		if err != nil {
			return err
		}
		if err := execute(ctx, s.Database("partnersupport").Migrate, "VACUUM (ANALYZE) dossier, assignment, collaborator"); err != nil {
			return err
		}
		got, err := measureConsole(ctx, consoleOrder{
			URL: s.URL(), Chromium: chromium, Email: partner.Owner.Email, Password: partner.Owner.Password, Height: scrolledPixels,
		})
		if err != nil {
			return err
		}
		figure(out, "console_js_gz_kb", got.JSGzKB, "kB")
		figure(out, "console_lcp_ms", got.LCPMillis, "ms")
		figure(out, "console_empty_page_lcp_ms", got.EmptyLCP, "ms")
		figure(out, "console_first_useful_ms", got.FirstUsefulMS, "ms")
		figure(out, "dossiers_scroll_long_tasks", got.LongTasks, "tasks")
		return nil
	})
}

func measureConsole(ctx context.Context, order consoleOrder) (got consoleFigures, err error) {
	input, err := json.Marshal(order)
	if err != nil {
		return got, fmt.Errorf("writing the order: %w", err)
	}
	program := exec.CommandContext(ctx, "node", "measure.mjs")
	program.Dir, program.Stdin, program.Stderr = browserDir, bytes.NewReader(input), os.Stderr
	answer, err := program.Output()
	if err != nil {
		return got, fmt.Errorf("measuring in the browser: %w", err)
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return got, fmt.Errorf("reading the figures: %w", err)
	}
	return got, nil
}

// findBrowser finds the browser, or says what is missing.
func findBrowser() (chromium, why string) {
	for path, remedy := range map[string]string{
		"gateway/internal/console/dist/index.html":   "run make console, and this from the root",
		browserDir + "/node_modules/playwright-core": "run deploy/tools/browser.sh",
	} {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return "", remedy
		}
	}
	for _, name := range []string{os.Getenv("AVAL_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); name != "" && err == nil {
			return found, ""
		}
	}
	return "", "no Chromium (AVAL_CHROMIUM names its binary)"
}
