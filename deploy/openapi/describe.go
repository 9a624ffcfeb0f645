package main

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// version is of the API; it moves with /v1.
const version = "1"

const aboutTheAPI = `JSON in lowerCamelCase. Unknown fields and parameters are refused by name. Every mutation takes an ` +
	"`Idempotency-Key`" + `: the same key and body give the same answer for 24 hours. Lists page by pageSize (50, at most 200) and ` +
	`pageToken. A field that holds nothing is in the answer all the same. Errors are RFC 9457 problems; ` +
	"`type`" + ` leads to the page that explains the reason (/docs/errors).`

// describe makes the document of all methods that have an HTTP rule.
func describe(files *protoregistry.Files) (*document, error) {
	b := &builder{schemas: schemas{}, ids: map[string]bool{}}
	for _, service := range servicesOf(files) {
		if err := b.service(service); err != nil {
			return nil, fmt.Errorf("describing %s: %w", service.FullName(), err)
		}
	}
	b.edge()
	slices.SortStableFunc(b.doc.Paths, func(x, y member[*object[*operation]]) int { return strings.Compare(x.name, y.name) })
	b.doc.OpenAPI = "3.1.0"
	b.doc.Info = info{
		Title: "Aval", Version: version, Summary: "Consent-based delegated access for B2B products.", Description: aboutTheAPI,
		License: license{Name: "Apache-2.0", Identifier: "Apache-2.0"},
	}
	b.doc.Servers = []server{{URL: "/"}}
	b.doc.Security = []requirement{{"session": {}}, {"bearer": {}}}
	b.doc.Components = shared()
	b.doc.Components.Schemas = b.schemas
	b.schemas["Problem"] = problem(files)
	return &b.doc, nil
}

// servicesOf lists our services, by name.
func servicesOf(files *protoregistry.Files) []protoreflect.ServiceDescriptor {
	var out []protoreflect.ServiceDescriptor
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(string(file.Package()), "aval.") {
			for i := range file.Services().Len() {
				out = append(out, file.Services().Get(i))
			}
		}
		return true
	})
	slices.SortFunc(out, func(x, y protoreflect.ServiceDescriptor) int {
		return strings.Compare(string(x.FullName()), string(y.FullName()))
	})
	return out
}

// builder collects the document.
type builder struct {
	doc     document
	schemas schemas
	// ids are the operation ids that are taken.
	ids map[string]bool
}

func (b *builder) service(service protoreflect.ServiceDescriptor) error {
	name := strings.TrimSuffix(string(service.Name()), "Service")
	described := false
	for i := range service.Methods().Len() {
		m, ok, err := readMethod(service.Methods().Get(i))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		op := b.operation(m)
		op.Tags = []string{name}
		if err := b.add(m.verb, m.shownPath(), op); err != nil {
			return err
		}
		described = true
	}
	if described {
		b.doc.Tags = append(b.doc.Tags, tag{Name: name, Description: withoutName(service)})
	}
	return nil
}

func (b *builder) add(verb, path string, op *operation) error {
	if b.ids[op.OperationID] {
		return fmt.Errorf("two operations are called %s", op.OperationID)
	}
	b.ids[op.OperationID] = true
	for _, known := range b.doc.Paths {
		if known.name == path {
			known.value.add(verb, op)
			return nil
		}
	}
	b.doc.Paths.add(path, &object[*operation]{{verb, op}})
	return nil
}
