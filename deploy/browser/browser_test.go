// Package browser walks the pages in a real browser, as the people of the main
// journey do. A Node program (walk.mjs) drives Chromium against everything in
// one process and tells each step in a line of JSON; here every step becomes a
// subtest. deploy/tools/browser.sh installs what the program needs.
package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aval-access/aval/deploy/demodata"
	"github.com/aval-access/aval/deploy/stack"
)

// patience bounds the whole walk; on an idle machine it takes two minutes.
const patience = 15 * time.Minute

// scenarios are what the program walks. All of them show R18, R59 and R133 on
// the pages that they pass, and no page has a serious finding of axe in light
// or dark, an error on the console, or a request to an origin not ours.
func scenarios() []string {
	return []string{
		"in French on a desk",                          // R11 R12 R16 R18 R20 R25 R27 R33 R59 R128 R129 R133
		"in English on a phone",                        // the same story, 360 px wide
		"by keyboard alone",                            // R20 R25 R41
		"a scanner that runs scripts gives no consent", // R128, T-10
		"two presses are one act",                      // double click, two tabs, back
		"a passkey",                                    // R108, by a virtual authenticator
		"every page in French on a desk",
		"every page in English on a phone",
		"the console in French on a desk", // R11 R12 R20 R22 R25 R34 R41 R73 R81 R129
		"the console in English on a phone",
		"the console, when things go otherwise", // expired session, lost network, changes by others
	}
}

// line is what the program tells of one step.
type line struct {
	Scenario string  `json:"scenario"`
	Step     string  `json:"step"`
	Seconds  float64 `json:"seconds"`
	// Error is empty when the step went well.
	Error string `json:"error"`
	// Screenshots show the open pages at the moment of the error.
	Screenshots []string `json:"screenshots"`
}

func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	in := order{Chromium: need(t), Console: consoleBuilt()}
	s := start(t)
	data, err := demodata.Fill(t.Context(), s, s.Dir())
	require.NoError(t, err)
	in.URL, in.Mail, in.Demo, in.World = s.URL(), s.MailURL(), s.DemoURL(), data
	in.Screenshots, in.Album = screenshots(t)
	told := walk(t, "walk.mjs", in)
	for _, name := range scenarios() {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "the console") && !in.Console {
				t.Skip("the console is not built: run make console")
			}
			tell(t, told[name])
		})
	}
}

// tell makes a subtest of each step.
func tell(t *testing.T, steps []line) {
	t.Helper()
	require.NotEmpty(t, steps, "the program did not come to this")
	for _, one := range steps {
		t.Run(one.Step, func(t *testing.T) {
			t.Logf("%.1f s", one.Seconds)
			require.Empty(t, one.Error, "screenshots: %q", one.Screenshots)
		})
	}
}

// order is what the program is told.
type order struct {
	URL         string         `json:"url"`
	Mail        string         `json:"mail"`
	Demo        string         `json:"demo"`
	Chromium    string         `json:"chromium"`
	Console     bool           `json:"console"`
	Screenshots string         `json:"screenshots"`
	Album       bool           `json:"album"`
	World       *demodata.Data `json:"world"`
	// Lang is of the one language that a walk is in.
	Lang string `json:"lang,omitempty"`
}

// need finds the browser, or skips and says what to install.
func need(t *testing.T) string {
	t.Helper()
	const remedy = "run deploy/tools/browser.sh, or install Node 20 and Chromium (AVAL_CHROMIUM names its binary) and run npm ci in deploy/browser"
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no Node: " + remedy)
	}
	if _, err := os.Stat("node_modules/playwright-core"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no node_modules: " + remedy)
	}
	for _, name := range []string{os.Getenv("AVAL_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); name != "" && err == nil {
			return found
		}
	}
	t.Skip("no Chromium: " + remedy)
	return ""
}

// consoleBuilt tells whether the gateway of this test has the console in it.
func consoleBuilt() bool {
	_, err := os.Stat("../../gateway/internal/console/dist/index.html")
	return err == nil
}

// start runs everything in a folder of its own.
func start(t *testing.T) *stack.Stack {
	t.Helper()
	dir, err := stack.TempDir("browser")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	s, err := stack.Start(t.Context(), stack.Options{Dir: dir, Volatile: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}

// screenshots is the folder for the pictures, and whether to picture every
// page: AVAL_SCREENSHOTS asks for that. Without it only failures are pictured,
// in a folder that stays when there are some.
func screenshots(t *testing.T) (dir string, all bool) {
	t.Helper()
	if dir = os.Getenv("AVAL_SCREENSHOTS"); dir != "" {
		dir, err := filepath.Abs(dir)
		require.NoError(t, err)
		return dir, true
	}
	dir, err := os.MkdirTemp("", "aval-screenshots-") // t.TempDir goes when the test fails, too
	require.NoError(t, err)
	t.Cleanup(func() {
		if !t.Failed() {
			require.NoError(t, os.RemoveAll(dir))
		}
	})
	return dir, false
}

// walk runs a program and gives its lines by scenario.
func walk(t *testing.T, name string, in order) map[string][]line {
	t.Helper()
	input, err := json.Marshal(in)
	require.NoError(t, err)
	program := exec.CommandContext(t.Context(), "node", name)
	program.Stdin, program.Stderr, program.WaitDelay = bytes.NewReader(input), os.Stderr, 5*time.Second
	out, err := program.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, program.Start())
	timer := time.AfterFunc(patience, func() { _ = program.Process.Kill() })
	defer timer.Stop()
	told := map[string][]line{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var one line
		require.NoError(t, json.Unmarshal(lines.Bytes(), &one), lines.Text())
		require.True(t, slices.Contains(slices.Concat(scenarios(), spaceScenarios(), largeScenarios(), formScenarios()), one.Scenario), "a scenario that is not listed: %q", one.Scenario)
		told[one.Scenario] = append(told[one.Scenario], one)
	}
	require.NoError(t, errors.Join(lines.Err(), program.Wait()))
	return told
}
