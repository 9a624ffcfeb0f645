package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	mit = `MIT License. Permission is hereby granted, free of charge, to any person
obtaining a copy of this software … THE SOFTWARE IS PROVIDED "AS IS", …`
	bsd3 = `Redistribution and use in source and binary forms, with or without
// modification, are permitted provided that … Redistributions in binary form must reproduce the above copyright notice …
Neither the name of X nor the names of its contributors may be used to endorse or promote products
derived from this software without specific prior written permission.`
)

func TestFamilies(t *testing.T) { // T-25
	t.Parallel()
	for text, want := range map[string]string{
		mit:  "MIT",
		bsd3: "BSD-3-Clause",
		"Apache License, Version 2.0 … 3. Grant of Patent License. …": "Apache-2.0",
	} {
		family, ok := familyOf(text)
		require.True(t, ok)
		require.Equal(t, want, family)
	}
	for name, text := range map[string]string{
		"strong copyleft":         "GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007",
		"copyleft beside a MIT":   mit + " … alternatively, under the GNU Affero General Public License.",
		"a restriction on a MIT":  mit + ` "Commons Clause" License Condition v1.0`,
		"source available":        "Business Source License 1.1",
		"nothing that is a grant": "All rights reserved.",
		"empty":                   "",
	} {
		_, ok := familyOf(text)
		require.False(t, ok, name)
	}
}

// Each way to break the rule is planted, and names the module.
func TestModulesAreRefusedByName(t *testing.T) {
	t.Parallel()
	planted := func(files map[string]string) module {
		m := module{path: "example.com/planted", dir: t.TempDir()}
		for name, text := range files {
			path := filepath.Join(m.dir, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		}
		m.packages = []string{m.dir, filepath.Join(m.dir, "a", "b")}
		return m
	}
	families, err := planted(map[string]string{"LICENSE.md": mit, "a/b/COPYING": bsd3, "c/LICENSE": "not linked", "license.go": "package x"}).families()
	require.NoError(t, err)
	require.Equal(t, []string{"BSD-3-Clause", "MIT"}, families)
	for name, files := range map[string]map[string]string{
		"no licence":                 {"README.md": mit},
		"another licence":            {"LICENSE": "GNU AFFERO GENERAL PUBLIC LICENSE"},
		"a second licence":           {"LICENSE": mit, "COPYING": "GNU GENERAL PUBLIC LICENSE"},
		"a linked package's licence": {"LICENSE": mit, "a/LICENSE": "ask us first"},
	} {
		_, err := planted(files).families()
		require.ErrorContains(t, err, "example.com/planted", name)
	}
}
