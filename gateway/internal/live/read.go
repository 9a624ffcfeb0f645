package live

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// concerning are the fields of facts whose ids say whom a fact concerns.
var concerning = [...]protoreflect.Name{"organization_id", "client_id", "partner_id", "user_id"}

// clientsOwn are kinds that a partner is not told of: who a client keeps out is
// the client's business.
const clientsOwn = "partner_block"

// Read gives a fact's kind, such as "support_session", and the ids of the
// organisations and the person that it concerns.
func Read(subject string, fact proto.Message) (kind string, ids []string) {
	parts := strings.Split(subject, ".")
	if len(parts) != 5 {
		return "", nil
	}
	return parts[3], idsOf(parts[3], fact.ProtoReflect())
}

// idsOf looks into the message and into those that it holds, such as a
// consent's reference.
func idsOf(kind string, message protoreflect.Message) (ids []string) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Message() != nil && !field.IsList() && !field.IsMap() {
			ids = append(ids, idsOf(kind, value.Message())...)
			return true
		}
		for _, name := range concerning {
			if field.Name() == name && !(kind == clientsOwn && name == "partner_id") {
				ids = append(ids, value.String())
			}
		}
		return true
	})
	return ids
}
