package mailbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aval-access/aval/services/kit/id"
	"github.com/aval-access/aval/services/kit/wholefile"
)

const (
	idPrefix  = "msg"
	extension = ".eml"
)

// store keeps the newest mails, in memory and in dir if there is one.
type store struct {
	dir      string
	capacity int

	mu       sync.Mutex
	messages []Message     // oldest first
	changed  chan struct{} // closed when a mail comes
}

func openStore(dir string, capacity int) (*store, error) {
	s := &store{dir: dir, capacity: capacity, changed: make(chan struct{})}
	if dir == "" {
		return s, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making mail folder: %w", err)
	}
	names, err := filepath.Glob(filepath.Join(dir, idPrefix+"_*"+extension))
	if err != nil {
		return nil, fmt.Errorf("listing mail folder: %w", err)
	}
	slices.Sort(names)
	for _, name := range names[max(0, len(names)-capacity):] {
		msg, err := readMessage(name)
		if err != nil {
			return nil, err
		}
		s.messages = append(s.messages, msg)
	}
	return s, nil
}

func readMessage(path string) (Message, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Message{}, fmt.Errorf("reading kept mail: %w", err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Message{}, fmt.Errorf("reading kept mail: %w", err)
	}
	return parse(strings.TrimSuffix(filepath.Base(path), extension), info.ModTime(), raw)
}

// add keeps a mail; once it returns, the mail survives a restart.
func (s *store) add(to []string, content []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw := sealed(to, content)
	msg, err := parse(id.New().Text(idPrefix), time.Now(), raw)
	if err != nil {
		return err
	}
	if err := s.write(msg.ID, raw); err != nil {
		return err
	}
	s.messages = append(s.messages, msg)
	if len(s.messages) > s.capacity {
		s.drop(s.messages[0].ID)
		s.messages = slices.Delete(s.messages, 0, 1)
	}
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

func (s *store) write(id string, raw []byte) error {
	if s.dir == "" {
		return nil
	}
	path := filepath.Join(s.dir, id+extension)
	// A mail holds links that open doors: nobody else may read it.
	if err := wholefile.Write(path, raw, 0o600); err != nil {
		return fmt.Errorf("keeping mail: %w", err)
	}
	return nil
}

// drop forgets a file; one that is left behind is read again and dropped later.
func (s *store) drop(id string) {
	if s.dir == "" {
		return
	}
	if err := os.Remove(filepath.Join(s.dir, id+extension)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return
	}
}

// list gives the mails, newest first, and a channel that closes when another
// one comes.
func (s *store) list() ([]Message, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.messages)
	slices.Reverse(all)
	return all, s.changed
}

func (s *store) find(id string) (Message, bool) {
	all, _ := s.list()
	at := slices.IndexFunc(all, func(m Message) bool { return m.ID == id })
	if at < 0 {
		return Message{}, false
	}
	return all[at], true
}
