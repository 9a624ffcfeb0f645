package house

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Relay is a TCP connection's way to a server, which can be cut, slowed down, or
// made to swallow what the client says or to garble what the server answers.
// Safe for concurrent use.
type Relay struct {
	addr string

	mu       sync.Mutex
	listener net.Listener // nil while cut
	target   string
	muted    bool
	garbled  bool
	// slowness is how long each message to the server takes more; quick is
	// closed when it takes so no longer.
	slowness time.Duration
	quick    chan struct{}
	conns    map[net.Conn]bool
	serving  sync.WaitGroup
}

// OpenRelay leads to a server. Close ends it.
func OpenRelay(target string) (*Relay, error) {
	r, err := openRelay()
	r.to(target)
	return r, err
}

func openRelay() (*Relay, error) {
	r := &Relay{addr: "127.0.0.1:0", conns: map[net.Conn]bool{}, quick: make(chan struct{})}
	return r, r.Restore()
}

// openRelays opens one for each name; on an error those that are open are given
// all the same.
func openRelays(names []string) (out map[string]*Relay, err error) {
	out = map[string]*Relay{}
	for _, name := range names {
		relay, err := openRelay()
		if err != nil {
			return out, err
		}
		out[name] = relay
	}
	return out, nil
}

// through is the stack's way to be told where a program reaches a server.
func through(relays map[string]*Relay) func(program, address string) string {
	return func(program, address string) string {
		relay := relays[program]
		if relay == nil {
			return address
		}
		relay.to(address)
		return relay.Addr()
	}
}

// Addr is where it listens, by the name that certificates carry.
func (r *Relay) Addr() string {
	_, port, _ := net.SplitHostPort(r.addr)
	return net.JoinHostPort("localhost", port)
}

func (r *Relay) to(target string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target = target
}

// Mute lets the server speak and be heard, and swallows what clients answer.
// Connections in use stay, until Restore.
func (r *Relay) Mute() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.muted = true
}

// Cut ends every connection, and refuses new ones until Restore.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listener != nil {
		_ = r.listener.Close()
		r.listener = nil
	}
	r.drop()
}

// Restore heals Mute, Garble and Cut. A connection that lost bytes cannot go on: it
// ends.
func (r *Relay) Restore() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.muted, r.garbled = false, false
	r.drop()
	if r.listener != nil {
		return nil
	}
	listener, err := net.Listen("tcp", r.addr)
	if err != nil {
		return fmt.Errorf("listening for a relay: %w", err)
	}
	r.listener, r.addr = listener, listener.Addr().String()
	r.serving.Go(func() { r.serve(listener) })
	return nil
}

// Garble changes what servers answer, until Restore.
func (r *Relay) Garble() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.garbled = true
}

// Slow delays whatever clients say, message by message; connections stay. 0
// heals it, and lets what is under way arrive at once.
func (r *Relay) Slow(by time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slowness = by
	close(r.quick)
	r.quick = make(chan struct{})
}

// Close ends every connection, and waits for it.
func (r *Relay) Close() {
	r.Slow(0)
	r.Cut()
	r.serving.Wait()
}

// drop is called with the lock held.
func (r *Relay) drop() {
	for conn := range r.conns {
		_ = conn.Close()
	}
}

func (r *Relay) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return // it was cut
		}
		r.serving.Go(func() { r.carry(client) })
	}
}

func (r *Relay) carry(client net.Conn) {
	defer r.keep(client)()
	r.mu.Lock()
	target := r.target
	r.mu.Unlock()
	network := "tcp"
	if filepath.IsAbs(target) {
		network = "unix"
	}
	server, err := net.Dial(network, target)
	if err != nil {
		return
	}
	defer r.keep(server)()
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(mutable{server, r}, client)
		_ = server.Close()
	})
	_, _ = io.Copy(garbling{client, r}, server)
	_ = client.Close()
	both.Wait()
}

// keep remembers a connection until the function that it gives.
func (r *Relay) keep(conn net.Conn) (forget func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[conn] = true
	return func() {
		_ = conn.Close()
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.conns, conn)
	}
}

// mutable writes to the server, or says that it did, sooner or later.
type mutable struct {
	net.Conn
	relay *Relay
}

// Write swallows while the relay is muted.
func (m mutable) Write(p []byte) (int, error) {
	m.relay.mu.Lock()
	muted, slowness, quick := m.relay.muted, m.relay.slowness, m.relay.quick
	m.relay.mu.Unlock()
	if slowness > 0 {
		late := time.NewTimer(slowness)
		defer late.Stop()
		select {
		case <-late.C:
		case <-quick:
		}
	}
	if muted {
		return len(p), nil
	}
	return m.Conn.Write(p)
}

// garbling writes to the client what the server said, or something else.
type garbling struct {
	net.Conn
	relay *Relay
}

// Write changes a byte while the relay garbles.
func (g garbling) Write(p []byte) (int, error) {
	g.relay.mu.Lock()
	garbled := g.relay.garbled
	g.relay.mu.Unlock()
	if !garbled {
		return g.Conn.Write(p)
	}
	other := slices.Clone(p)
	other[rand.IntN(len(other))] ^= 0x55
	return g.Conn.Write(other)
}
