package main

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object that keeps the order in which it was written.
type object[T any] []member[T]

type member[T any] struct {
	name  string
	value T
}

func (o *object[T]) add(name string, value T) { *o = append(*o, member[T]{name, value}) }

// MarshalJSON writes the members in their order.
func (o object[T]) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

type document struct {
	OpenAPI    string                      `json:"openapi"`
	Info       info                        `json:"info"`
	Servers    []server                    `json:"servers"`
	Security   []requirement               `json:"security"`
	Tags       []tag                       `json:"tags"`
	Paths      object[*object[*operation]] `json:"paths"`
	Components components                  `json:"components"`
}

type info struct {
	Title       string  `json:"title"`
	Version     string  `json:"version"`
	Summary     string  `json:"summary"`
	Description string  `json:"description"`
	License     license `json:"license"`
}

type license struct {
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
}

type server struct {
	URL string `json:"url"`
}

type tag struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// requirement names one way to prove who calls.
type requirement map[string][]string

type components struct {
	SecuritySchemes map[string]scheme    `json:"securitySchemes"`
	Parameters      map[string]parameter `json:"parameters"`
	Headers         map[string]header    `json:"headers"`
	Responses       map[string]response  `json:"responses"`
	Schemas         map[string]*schema   `json:"schemas"`
}

type scheme struct {
	Type         string `json:"type"`
	In           string `json:"in,omitempty"`
	Name         string `json:"name,omitempty"`
	Scheme       string `json:"scheme,omitempty"`
	BearerFormat string `json:"bearerFormat,omitempty"`
	Description  string `json:"description"`
}

type operation struct {
	Tags        []string         `json:"tags"`
	OperationID string           `json:"operationId"`
	Summary     string           `json:"summary"`
	Description string           `json:"description,omitempty"`
	Parameters  []parameter      `json:"parameters,omitempty"`
	RequestBody *body            `json:"requestBody,omitempty"`
	Responses   object[response] `json:"responses"`
	Security    *[]requirement   `json:"security,omitempty"`
	Right       *right           `json:"x-right,omitempty"`
}

// right is what the caller must hold in the organisation that the path names.
type right struct {
	Feature string `json:"feature"`
	Level   string `json:"level"`
}

type parameter struct {
	Ref         string  `json:"$ref,omitempty"`
	Name        string  `json:"name,omitempty"`
	In          string  `json:"in,omitempty"`
	Description string  `json:"description,omitempty"`
	Required    bool    `json:"required,omitempty"`
	Schema      *schema `json:"schema,omitempty"`
	Example     any     `json:"example,omitempty"`
}

type header struct {
	Ref         string  `json:"$ref,omitempty"`
	Description string  `json:"description,omitempty"`
	Schema      *schema `json:"schema,omitempty"`
}

type body struct {
	Required bool                 `json:"required"`
	Content  map[string]mediaType `json:"content"`
}

type mediaType struct {
	Schema  *schema `json:"schema"`
	Example any     `json:"example,omitempty"`
}

type response struct {
	Ref         string               `json:"$ref,omitempty"`
	Description string               `json:"description,omitempty"`
	Headers     map[string]header    `json:"headers,omitempty"`
	Content     map[string]mediaType `json:"content,omitempty"`
}

// schema is JSON Schema 2020-12, as far as our contracts need it.
type schema struct {
	Ref                  string          `json:"$ref,omitempty"`
	Type                 any             `json:"type,omitempty"`
	Format               string          `json:"format,omitempty"`
	ContentEncoding      string          `json:"contentEncoding,omitempty"`
	Description          string          `json:"description,omitempty"`
	Const                string          `json:"const,omitempty"`
	Enum                 []string        `json:"enum,omitempty"`
	AnyOf                []*schema       `json:"anyOf,omitempty"`
	Not                  *schema         `json:"not,omitempty"`
	Pattern              string          `json:"pattern,omitempty"`
	MinLength            uint64          `json:"minLength,omitempty"`
	MaxLength            uint64          `json:"maxLength,omitempty"`
	Minimum              *int64          `json:"minimum,omitempty"`
	Maximum              *int64          `json:"maximum,omitempty"`
	MinItems             uint64          `json:"minItems,omitempty"`
	MaxItems             uint64          `json:"maxItems,omitempty"`
	UniqueItems          bool            `json:"uniqueItems,omitempty"`
	Items                *schema         `json:"items,omitempty"`
	Properties           object[*schema] `json:"properties,omitempty"`
	Required             []string        `json:"required,omitempty"`
	MinProperties        uint64          `json:"minProperties,omitempty"`
	MaxProperties        uint64          `json:"maxProperties,omitempty"`
	AdditionalProperties any             `json:"additionalProperties,omitempty"`
	Examples             []any           `json:"examples,omitempty"`
}

const (
	inSchemas    = "#/components/schemas/"
	inParameters = "#/components/parameters/"
	inResponses  = "#/components/responses/"
	inHeaders    = "#/components/headers/"
)
