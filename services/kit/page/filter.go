package page

import (
	"crypto/sha256"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// filterOf hashes what a list request asks for: its type and every field but
// page_size and page_token. A token therefore serves one list only.
func filterOf(request proto.Message) ([]byte, error) {
	asked := proto.Clone(request).ProtoReflect()
	for _, name := range []protoreflect.Name{"page_size", "page_token"} {
		if field := asked.Descriptor().Fields().ByName(name); field != nil {
			asked.Clear(field)
		}
	}
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(asked.Interface())
	if err != nil {
		return nil, fmt.Errorf("hashing a list request: %w", err)
	}
	h := sha256.New()
	h.Write([]byte(asked.Descriptor().FullName()))
	h.Write([]byte{0})
	h.Write(encoded)
	return h.Sum(nil), nil
}
