// Package config reads one struct per service from the environment, reports
// every bad value at once, and documents the variables it reads. What the
// values mean is each service's business.
package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Parse reads the struct's fields from variables whose names begin with the
// prefix ("AVAL_CONSENT_"). Tags: `env:"NAME,required"`, `envDefault:"…"`,
// `envPrefix:"…"` on a nested struct, `doc:"…"`. A Secret may come from the
// file named by NAME_FILE instead. A `Validate() error` method of T is called
// once the fields are read. The error holds every problem, a line each.
func Parse[T any](prefix string) (T, error) {
	return ParseFrom[T](prefix, environ())
}

// ParseFrom is Parse over given variables.
func ParseFrom[T any](prefix string, vars map[string]string) (T, error) {
	vars, bad := readSecretFiles(fieldsOf[T](prefix), vars)
	out, err := env.ParseAsWithOptions[T](env.Options{Prefix: prefix, Environment: vars})
	bad = append(bad, spread(err)...)
	if len(bad) == 0 {
		bad = append(bad, validate(&out)...)
	}
	if len(bad) > 0 {
		var none T
		return none, fmt.Errorf("reading the configuration: %w", errors.Join(bad...))
	}
	return out, nil
}

// readSecretFiles sets every secret that is given as a file, on a copy.
func readSecretFiles(fields []field, vars map[string]string) (map[string]string, []error) {
	out := map[string]string{}
	maps.Copy(out, vars)
	var bad []error
	for _, f := range fields {
		path := vars[f.name+"_FILE"]
		if !f.secret || path == "" {
			continue
		}
		if vars[f.name] != "" {
			bad = append(bad, fmt.Errorf("%s and %s_FILE are both set: keep one", f.name, f.name))
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			bad = append(bad, fmt.Errorf("reading %s_FILE: %w", f.name, err))
			out[f.name] = "unreadable" // so that it is not reported as missing too
			continue
		}
		out[f.name] = strings.TrimRight(string(content), "\r\n")
	}
	return out, bad
}

func validate(out any) []error {
	checked, ok := out.(interface{ Validate() error })
	if !ok {
		return nil
	}
	if err := checked.Validate(); err != nil {
		return []error{err}
	}
	return nil
}

// spread takes the library's list apart, so that each problem has its line.
func spread(err error) []error {
	var all env.AggregateError
	if errors.As(err, &all) {
		return all.Errors
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

func environ() map[string]string {
	out := map[string]string{}
	for _, pair := range os.Environ() {
		if key, value, ok := strings.Cut(pair, "="); ok {
			out[key] = value
		}
	}
	return out
}
