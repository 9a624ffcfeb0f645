package config

import (
	"encoding"
	"reflect"
	"strings"
)

// field is one variable, as the struct tags describe it.
type field struct {
	name     string
	kind     string
	fallback string
	doc      string
	required bool
	secret   bool
}

// Docs prints the variables that Parse[T](prefix) reads, as a markdown table.
func Docs[T any](prefix string) string {
	var out strings.Builder
	out.WriteString("| Variable | Type | Default | Meaning |\n|---|---|---|---|\n")
	for _, f := range fieldsOf[T](prefix) {
		row := []string{"`" + f.name + "`", f.kind, f.shownDefault(), cell(f.doc)}
		if f.secret {
			row[0] += " or `" + f.name + "_FILE`"
		}
		out.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return out.String()
}

func (f field) shownDefault() string {
	switch {
	case f.required:
		return "**required**"
	case f.fallback == "":
		return ""
	default:
		return "`" + cell(f.fallback) + "`"
	}
}

// cell keeps a text from breaking the table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

func fieldsOf[T any](prefix string) []field {
	return walk(reflect.TypeFor[T](), prefix)
}

// walk lists the variables in the order of the struct.
func walk(t reflect.Type, prefix string) []field {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []field
	for _, sf := range reflect.VisibleFields(t) {
		if !sf.IsExported() || len(sf.Index) > 1 {
			continue
		}
		tag, ok := sf.Tag.Lookup("env")
		if ok && tag != "-" {
			out = append(out, fieldFrom(sf, prefix, tag))
			continue
		}
		out = append(out, walk(sf.Type, prefix+sf.Tag.Get("envPrefix"))...)
	}
	return out
}

func fieldFrom(sf reflect.StructField, prefix, tag string) field {
	name, options, _ := strings.Cut(tag, ",")
	secret := sf.Type == reflect.TypeFor[Secret]()
	return field{
		name:     prefix + name,
		kind:     kindOf(sf.Type, secret),
		fallback: sf.Tag.Get("envDefault"),
		doc:      sf.Tag.Get("doc"),
		required: strings.Contains(options, "required") || strings.Contains(options, "notEmpty"),
		secret:   secret,
	}
}

func kindOf(t reflect.Type, secret bool) string {
	switch {
	case secret:
		return "secret"
	case t.String() == "time.Duration":
		return "duration"
	case t.Kind() == reflect.Slice:
		return "list"
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return "text"
	default:
		return t.Kind().String()
	}
}
