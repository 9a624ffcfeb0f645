package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// commentOf is what the contract says above an element, in one line.
func commentOf(d protoreflect.Descriptor) string {
	text := d.ParentFile().SourceLocations().ByDescriptor(d).LeadingComments
	return strings.Join(strings.Fields(text), " ")
}

// withoutName leaves out the name that a comment begins with, and the words
// after it that say only that something is described: "GetXResponse holds the
// x." becomes "The x."
func withoutName(d protoreflect.Descriptor) string {
	text := strings.TrimPrefix(commentOf(d), string(d.Name())+" ")
	for _, verb := range []string{"is ", "holds ", "are "} {
		if rest, ok := strings.CutPrefix(text, verb); ok {
			text = rest
			break
		}
	}
	return capital(text)
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// sentences gives the first sentence of a text, and the rest.
func sentences(text string) (first, rest string) {
	if at := strings.Index(text, ". "); at >= 0 {
		return text[:at+1], text[at+2:]
	}
	return text, ""
}
