package e2e

import (
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/aval-access/aval/deploy/stack"
	"github.com/aval-access/aval/services/kit/token"
)

// text gives a text that the field's rules accept; "" leaves it out.
func (f filler) text(field protoreflect.FieldDescriptor, rules *validate.StringRules) (string, error) {
	name := string(field.Name())
	if prefix := prefixOf(field); prefix != "" {
		return f.id(field, prefix), nil
	}
	switch {
	case rules.GetPrefix() == "spiffe://", strings.Contains(rules.GetPattern(), "spiffe://"):
		return stack.SPIFFEID("product-of-nobody"), nil
	case rules.GetUri():
		return "https://product.example/enter", nil
	case len(rules.GetIn()) > 0:
		return rules.GetIn()[len(rules.GetIn())-1], nil
	case rules.HasLen():
		return strings.Repeat("a", int(rules.GetLen())), nil
	case rules.HasPattern() && !slices.Contains([]string{"code", "month", "currency", "color", "number"}, name): // features' names are the only others
		const word = "nothing"
		return strings.Repeat(word, 1+int(rules.GetMinLen())/len(word)), nil // at least as long as it must be
	case strings.HasSuffix(name, "email"):
		return unique("nobody") + "@nowhere.example", nil
	default:
		return named(field, rules), nil
	}
}

// named are texts that a method looks at before it does anything else.
func named(field protoreflect.FieldDescriptor, rules *validate.StringRules) string {
	switch name := string(field.Name()); name {
	case "token":
		if strings.Contains(string(field.Parent().Name()), "Invitation") {
			return token.New(token.Invitation).String()
		}
		if kind := kindOf(string(field.Parent().Name())); kind != "" {
			return token.New(kind).String()
		}
		return token.New(token.Consent).String()
	case "code":
		if strings.Contains(string(field.Parent().Name()), "SupportCode") {
			return token.New(token.Support).String()
		}
		return "123456"
	case "month":
		return "2026-11"
	case "number":
		return "12345678"
	case "currency":
		return "EUR"
	case "session_token":
		return token.New(token.Session).String()
	case "password":
		return "une phrase assez longue pour cela"
	case "confirm":
		return "REMOVE"
	case "feature":
		return "management"
	case "request_id":
		return unique("request-")
	default:
		if rules.GetMinLen() > 0 {
			return unique("text")
		}
		return ""
	}
}

// kindOf is the kind of link that a method about a person's account follows.
func kindOf(message string) token.Kind {
	switch {
	case strings.HasPrefix(message, "ResetPassword"):
		return token.Reset
	case strings.HasPrefix(message, "UndoEmail"):
		return token.EmailUndo
	case strings.Contains(message, "EmailChange"):
		return token.EmailProof
	default:
		return ""
	}
}
