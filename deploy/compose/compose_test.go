package compose

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/gateway"
	"github.com/aval-access/aval/services/consent"
	"github.com/aval-access/aval/services/identity"
	"github.com/aval-access/aval/services/kit/config"
	"github.com/aval-access/aval/services/membership"
	"github.com/aval-access/aval/services/notification"
	"github.com/aval-access/aval/services/partnersupport"
)

// file is what these tests read of compose.yaml.
type file struct {
	Services map[string]container `yaml:"services"`
	Volumes  map[string]any       `yaml:"volumes"`
}

type container struct {
	Image       string               `yaml:"image"`
	User        string               `yaml:"user"`
	Command     []string             `yaml:"command"`
	ReadOnly    bool                 `yaml:"read_only"`
	CapDrop     []string             `yaml:"cap_drop"`
	Environment map[string]string    `yaml:"environment"`
	Volumes     []string             `yaml:"volumes"`
	DependsOn   map[string]condition `yaml:"depends_on"`
}

type condition struct {
	Condition string `yaml:"condition"`
}

func read(t *testing.T) file {
	t.Helper()
	content, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	var f file
	require.NoError(t, yaml.Unmarshal(content, &f))
	return f
}

// running gives the containers of a program, by name.
func (f file) running(program string) map[string]container {
	out := maps.Clone(f.Services)
	maps.DeleteFunc(out, func(_ string, c container) bool { return c.Image != "aval/"+program })
	return out
}

// program is how one program reads its variables.
type program struct {
	docs  string
	parse func(map[string]string) error
}

func programOf[C any](name string) program {
	prefix := "AVAL_" + strings.ToUpper(name) + "_"
	return program{docs: config.Docs[C](prefix), parse: func(vars map[string]string) error {
		_, err := config.ParseFrom[C](prefix, vars)
		return err
	}}
}

func programs() map[string]program {
	return map[string]program{
		"identity":       programOf[identity.Config]("identity"),
		"membership":     programOf[membership.Config]("membership"),
		"partnersupport": programOf[partnersupport.Config]("partnersupport"),
		"consent":        programOf[consent.Config]("consent"),
		"notification":   programOf[notification.Config]("notification"),
		"gateway":        programOf[gateway.Config]("gateway"),
	}
}

// variables are the names in a table of config docs, and those that must be
// set, either of which a secret has two of.
func (p program) variables() (all []string, required [][]string) {
	name := regexp.MustCompile("`(AVAL_[A-Z_]+)`")
	for line := range strings.Lines(p.docs) {
		cells := strings.SplitN(line, "|", 5)
		var names []string
		for _, found := range name.FindAllStringSubmatch(cells[1], -1) {
			names = append(names, found[1])
		}
		all = append(all, names...)
		if strings.Contains(line, "**required**") {
			required = append(required, names)
		}
	}
	return all, required
}

func TestEveryVariableIsTheProgramsAndEveryRequiredOneIsSet(t *testing.T) {
	t.Parallel()
	f := read(t)
	for name, p := range programs() {
		known, required := p.variables()
		require.NotEmpty(t, known)
		running := f.running(name)
		require.Contains(t, running, name)
		for one, c := range running {
			require.Subset(t, known, slices.Collect(maps.Keys(c.Environment)), one)
			for _, either := range required {
				set := slices.ContainsFunc(either, func(v string) bool { return c.Environment[v] != "" })
				require.True(t, set, "%s does not set %v", one, either)
			}
		}
	}
}

// The files that "aval init" writes are those that the containers name, and the
// programs accept what is in them.
func TestProgramsAcceptWhatInitWrites(t *testing.T) {
	t.Parallel()
	dir, f := t.TempDir(), read(t)
	require.NoError(t, deployment(dir).WriteFiles())
	smtp := filepath.Join(dir, "smtp_url")
	require.NoError(t, os.WriteFile(smtp, []byte("smtp://mail.example:587"), 0o400))
	for name, p := range programs() {
		here := strings.NewReplacer("/run/aval-migrate/", dir+"/"+name+"-migrate/", "/run/aval/", dir+"/"+name+"/", "/run/secrets/smtp_url", smtp)
		for one, c := range f.running(name) {
			vars := map[string]string{}
			for key, value := range c.Environment {
				vars[key] = here.Replace(value)
				if strings.HasPrefix(vars[key], dir) {
					_, err := os.Stat(vars[key])
					require.NoError(t, err, key)
				}
			}
			require.NoError(t, p.parse(vars), one)
		}
	}
}

func TestInitAgainRenewsCertificatesAndKeepsSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, deployment(dir).WriteFiles())
	before := contents(t, dir)
	require.NoError(t, deployment(dir).WriteFiles())
	after := contents(t, dir)
	require.Len(t, after, len(before))
	for path := range before {
		renewed := filepath.Base(path) == "tls.pem" || filepath.Base(path) == "tls.key"
		require.Equal(t, renewed, before[path] != after[path], path)
	}
}

func deployment(dir string) stack.Deployment {
	return stack.Deployment{Dir: dir, Postgres: "postgres:5432", NATS: "nats:4222"}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		out[path] = string(content)
		return err
	}))
	return out
}

// A service sees its own files alone, and what a migration may know only while
// it runs.
func TestContainersSeeTheirOwnFilesAlone(t *testing.T) {
	t.Parallel()
	f := read(t)
	for name := range programs() {
		for one, c := range f.running(name) {
			require.True(t, c.ReadOnly, one)
			require.Equal(t, []string{"ALL"}, c.CapDrop, one)
			require.Empty(t, c.User, "%s: the image's, which is not root", one)
			own := []string{name + "-files:/run/aval:ro"}
			if one == name+"-migrate" {
				require.Equal(t, []string{"migrate"}, c.Command)
				require.Equal(t, append(own, name+"-migrate-files:/run/aval-migrate:ro"), c.Volumes)
				continue
			}
			require.Equal(t, own, c.Volumes, one)
			if name != "gateway" { // it owns nothing
				require.Equal(t, map[string]condition{name + "-migrate": {Condition: "service_completed_successfully"}}, c.DependsOn, one)
			}
		}
	}
	for name, c := range f.Services {
		for needed := range c.DependsOn {
			require.Contains(t, f.Services, needed, name)
		}
		for _, volume := range c.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			require.Contains(t, f.Volumes, source, name)
		}
	}
}
