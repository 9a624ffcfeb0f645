package console

import (
	"encoding/json"
	"errors"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

// maxScript is what a first screen may load of JavaScript, in bytes as sent.
const maxScript = 200_000

// chunk is a part of the program, as the build tells of it.
type chunk struct {
	File    string   `json:"file"`
	Imports []string `json:"imports"`
}

// Where people of a partner and of a company begin, they do not wait for more
// than they see.
func TestTheFirstScreensAreLight(t *testing.T) {
	t.Parallel()
	raw, err := fs.ReadFile(built, "dist/.vite/manifest.json")
	if err != nil {
		t.Skip("the console is not built: run make console")
	}
	var chunks map[string]chunk
	require.NoError(t, json.Unmarshal(raw, &chunks))
	for _, screen := range []string{"src/partner/dossiers.tsx", "src/company/assistance.tsx"} {
		wanted := map[string]bool{}
		for _, name := range []string{"index.html", "src/words/fr.json", screen} {
			require.Contains(t, chunks, name)
			loaded(chunks, name, wanted)
		}
		size := 0
		for name := range wanted {
			size += zipped(t, chunks[name].File)
		}
		t.Logf("%s: %d bytes", screen, size)
		require.LessOrEqual(t, size, maxScript, screen)
	}
}

// loaded notes what comes with a chunk.
func loaded(chunks map[string]chunk, name string, wanted map[string]bool) {
	if wanted[name] {
		return
	}
	wanted[name] = true
	for _, one := range chunks[name].Imports {
		loaded(chunks, one, wanted)
	}
}

// zipped is a file's size as sent.
func zipped(t *testing.T, file string) int {
	t.Helper()
	info, err := fs.Stat(built, "dist/"+file+".gz")
	if errors.Is(err, fs.ErrNotExist) { // too small to get smaller
		info, err = fs.Stat(built, "dist/"+file)
	}
	require.NoError(t, err)
	return int(info.Size())
}
