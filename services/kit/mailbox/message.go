package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"
)

// Message is one mail as it arrived.
type Message struct {
	// ID sorts by time of arrival.
	ID string `json:"id"`
	// To is the envelope's recipient; several are joined by ", ".
	To string `json:"to"`
	// From is the header's sender.
	From    string    `json:"from"`
	Subject string    `json:"subject"`
	Time    time.Time `json:"time"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	// Links of the text part, in order.
	Links []string `json:"links"`
	// MessageID is the header's value, without angle brackets.
	MessageID string `json:"messageId"`
	// Header holds every header line, decoded, by canonical name.
	Header map[string][]string `json:"header"`
}

// Link gives the first link that contains the part, or "".
func (m Message) Link(part string) string {
	for _, link := range m.Links {
		if strings.Contains(link, part) {
			return link
		}
	}
	return ""
}

// envelopeHeader carries the envelope's recipients with the stored mail, as
// real servers do.
const envelopeHeader = "Delivered-To"

// sealed puts the envelope on top of the content, so that the bytes alone
// tell everything.
func sealed(to []string, content []byte) []byte {
	var out bytes.Buffer
	for _, address := range to {
		fmt.Fprintf(&out, "%s: %s\r\n", envelopeHeader, address)
	}
	out.Write(content)
	return out.Bytes()
}

func parse(id string, at time.Time, raw []byte) (Message, error) {
	reader, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return Message{}, fmt.Errorf("reading mail: %w", err)
	}
	msg := Message{ID: id, Time: at.UTC(), Header: headersOf(reader.Header)}
	msg.To = strings.Join(msg.Header[envelopeHeader], ", ")
	msg.From, _ = reader.Header.Text("From")
	msg.Subject, _ = reader.Header.Subject()
	msg.MessageID, _ = reader.Header.MessageID()
	if err := msg.readParts(reader); err != nil {
		return Message{}, err
	}
	msg.Links = linksOf(msg.Text)
	return msg, nil
}

func headersOf(h mail.Header) map[string][]string {
	out := map[string][]string{}
	for fields := h.Fields(); fields.Next(); {
		value, err := fields.Text()
		if err != nil {
			value = fields.Value()
		}
		key := textproto.CanonicalMIMEHeaderKey(fields.Key())
		out[key] = append(out[key], value)
	}
	return out
}

func (m *Message) readParts(reader *mail.Reader) error {
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading part of mail: %w", err)
		}
		header, inline := part.Header.(*mail.InlineHeader)
		if !inline {
			continue
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return fmt.Errorf("reading part of mail: %w", err)
		}
		switch kind, _, _ := header.ContentType(); kind {
		case "text/plain":
			m.Text += strings.ReplaceAll(string(body), "\r\n", "\n")
		case "text/html":
			m.HTML += string(body)
		}
	}
}

// linksOf leaves a sentence's closing mark out of the link.
func linksOf(text string) []string {
	out := []string{}
	link := regexp.MustCompile(`https?://[^\s<>"]+`)
	for _, found := range link.FindAllString(text, -1) {
		out = append(out, strings.TrimRight(found, ".,;:!?)»"))
	}
	return out
}
