package pgboot

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const embeddedVersion = "18.4.0-beta.17"

// embeddedDigests pins what npm may give us, by platform.
func embeddedDigests() map[string]string {
	return map[string]string{
		"linux-x64":    "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
		"linux-arm64":  "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
		"darwin-arm64": "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
	}
}

// fetchBinaries gets a pinned Postgres through npm and answers its bin folder.
func fetchBinaries(ctx context.Context, cache string) (string, error) {
	platform := runtime.GOOS + "-" + strings.Replace(runtime.GOARCH, "amd64", "x64", 1)
	digest, known := embeddedDigests()[platform]
	if !known {
		return "", fmt.Errorf("no postgres for %s: install postgres %d or newer, or set AVAL_PG_BIN", platform, oldestMajor)
	}
	root := filepath.Join(cache, "postgres-"+embeddedVersion)
	bin := filepath.Join(root, "package", "native", "bin")
	if _, err := os.Stat(filepath.Join(root, "complete")); err == nil {
		return bin, nil
	}
	if err := os.MkdirAll(root, 0o755); err != nil { // the server's account reads it
		return "", fmt.Errorf("making folder for postgres: %w", err)
	}
	archive, err := pack(ctx, root, "@embedded-postgres/"+platform+"@"+embeddedVersion)
	if err != nil {
		return "", err
	}
	if err := verify(archive, digest); err != nil {
		return "", err
	}
	if err := unpack(ctx, root, archive); err != nil {
		return "", err
	}
	return bin, os.WriteFile(filepath.Join(root, "complete"), nil, 0o600)
}

func pack(ctx context.Context, dir, name string) (string, error) {
	cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", name)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("fetching postgres with npm (or install postgres %d or newer): %w", oldestMajor, err)
	}
	lines := strings.Fields(string(out))
	if len(lines) == 0 {
		return "", errors.New("fetching postgres with npm: no file named")
	}
	return filepath.Join(dir, filepath.Base(lines[len(lines)-1])), nil
}

func verify(archive, digest string) error {
	content, err := os.ReadFile(archive)
	if err != nil {
		return fmt.Errorf("reading fetched postgres: %w", err)
	}
	sum := sha512.Sum512(content)
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != digest {
		return fmt.Errorf("fetched postgres has digest sha512-%s, not the pinned one", got)
	}
	return nil
}

func unpack(ctx context.Context, root, archive string) error {
	cmd := exec.CommandContext(ctx, "tar", "-xzf", archive, "--no-same-owner")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("unpacking postgres: %w: %s", err, out)
	}
	if err := os.Remove(archive); err != nil {
		return fmt.Errorf("removing archive: %w", err)
	}
	if err := link(filepath.Join(root, "package")); err != nil {
		return err
	}
	return readable(root)
}

// link makes the links that npm does not ship.
func link(pkg string) error {
	text, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json"))
	if err != nil {
		return fmt.Errorf("reading links of postgres: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("reading links of postgres: %w", err)
	}
	for _, l := range links {
		target := filepath.Join(pkg, l.Target)
		source, err := filepath.Rel(filepath.Dir(target), filepath.Join(pkg, l.Source))
		if err != nil {
			return fmt.Errorf("linking %s: %w", l.Target, err)
		}
		if err := os.Symlink(source, target); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("linking %s: %w", l.Target, err)
		}
	}
	return nil
}

// readable opens everything to the account that Postgres runs as.
func readable(root string) error {
	return filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Type()&os.ModeSymlink != 0 {
			return err
		}
		mode := os.FileMode(0o644)
		if d.IsDir() || filepath.Base(filepath.Dir(path)) == "bin" {
			mode = 0o755
		}
		return os.Chmod(path, mode)
	})
}
