package bus

import (
	"fmt"

	"github.com/nats-io/nats.go"
	"google.golang.org/protobuf/proto"
)

// Overhear calls hear with each fact of these subjects while the connection
// stands, at most once and with no answer to the broker: what was said while
// it was away is not said again. It is for who only wants to know that there is
// something to read. One call of hear follows the other for each subject.
func (c *Conn) Overhear(subjects []string, hear func(subject string, fact proto.Message)) error {
	types := linkedTypes()
	for _, subject := range subjects {
		_, err := c.nc.Subscribe(subject, func(msg *nats.Msg) {
			fact, err := types.Decode(msg.Subject, msg.Data)
			if err == nil && msg.Header.Get(headerOnlyFor) == "" { // a newer binary's fact is nobody's here
				hear(msg.Subject, fact)
			}
		})
		if err != nil {
			return fmt.Errorf("listening to %s: %w", subject, err)
		}
	}
	return nil
}
