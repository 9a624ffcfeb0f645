// Command openapi writes the description of the REST edge, OpenAPI 3.1, from
// the contracts:
//
//	buf build --as-file-descriptor-set -o - | openapi > openapi.json
//
// It tells what the contracts know beyond their HTTP rules: the bounds of every
// field, who may call, the right that is needed, what may be repeated, and how
// a refusal looks. What the edge adds of its own (files, cookies) is in edge.go.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	raw, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("reading the contracts: %w", err)
	}
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(raw, set); err != nil {
		return fmt.Errorf("decoding the contracts: %w", err)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		return fmt.Errorf("linking the contracts: %w", err)
	}
	doc, err := describe(files)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return fmt.Errorf("writing the description: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s\n", content)
	return err
}
