package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// spec is what the reference shows of the description of the REST edge.
type spec struct {
	Info struct {
		Title       string `json:"title"`
		Summary     string `json:"summary"`
		Description string `json:"description"`
	} `json:"info"`
	Tags []struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"tags"`
	Paths      ordered[ordered[method]] `json:"paths"`
	Components struct {
		Responses map[string]struct {
			Description string `json:"description"`
		} `json:"responses"`
		Parameters map[string]parameter `json:"parameters"`
		Schemas    ordered[schema]      `json:"schemas"`
	} `json:"components"`
}

// ordered is a JSON object whose members keep their order.
type ordered[T any] []named[T]

type named[T any] struct {
	Name  string
	Value T
}

// UnmarshalJSON reads the members in the order in which they stand.
func (o *ordered[T]) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		one := named[T]{Name: fmt.Sprint(name)}
		if err := decoder.Decode(&one.Value); err != nil {
			return err
		}
		*o = append(*o, one)
	}
	return nil
}

type method struct {
	Tags        []string                    `json:"tags"`
	OperationID string                      `json:"operationId"`
	Summary     string                      `json:"summary"`
	Description string                      `json:"description"`
	Parameters  []parameter                 `json:"parameters"`
	RequestBody *struct{ Content contents } `json:"requestBody"`
	Responses   ordered[struct {
		Ref         string   `json:"$ref"`
		Description string   `json:"description"`
		Content     contents `json:"content"`
	}] `json:"responses"`
	Security *[]any `json:"security"`
	Right    *struct {
		Feature string `json:"feature"`
		Level   string `json:"level"`
	} `json:"x-right"`
}

// contents are the forms of a body, by media type.
type contents map[string]struct {
	Schema  schema          `json:"schema"`
	Example json.RawMessage `json:"example"`
}

type parameter struct {
	Ref         string          `json:"$ref"`
	Name        string          `json:"name"`
	In          string          `json:"in"`
	Description string          `json:"description"`
	Required    bool            `json:"required"`
	Schema      schema          `json:"schema"`
	Example     json.RawMessage `json:"example"`
}

type schema struct {
	Ref         string          `json:"$ref"`
	Type        json.RawMessage `json:"type"`
	Format      string          `json:"format"`
	Description string          `json:"description"`
	Enum        []string        `json:"enum"`
	AnyOf       []schema        `json:"anyOf"`
	Items       *schema         `json:"items"`
	Properties  ordered[schema] `json:"properties"`
	Required    []string        `json:"required"`
	MaxLength   int             `json:"maxLength"`
	MaxItems    int             `json:"maxItems"`
}

// lastPart is the name that a reference leads to.
func lastPart(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }
