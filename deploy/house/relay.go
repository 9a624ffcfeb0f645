package house

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// Relay is a TCP connection's way to a server, which can be cut, or made to
// swallow what the client says. Safe for concurrent use.
type Relay struct {
	addr string

	mu       sync.Mutex
	listener net.Listener // nil while cut
	target   string
	muted    bool
	conns    map[net.Conn]bool
	serving  sync.WaitGroup
}

func openRelay() (*Relay, error) {
	r := &Relay{addr: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	return r, r.Restore()
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

// Restore heals Mute and Cut. A connection that lost bytes cannot go on: it
// ends.
func (r *Relay) Restore() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.muted = false
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

func (r *Relay) close() {
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
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer r.keep(server)()
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(mutable{server, r}, client)
		_ = server.Close()
	})
	_, _ = io.Copy(client, server)
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

// mutable writes to the server, or says that it did.
type mutable struct {
	net.Conn
	relay *Relay
}

// Write swallows while the relay is muted.
func (m mutable) Write(p []byte) (int, error) {
	m.relay.mu.Lock()
	muted := m.relay.muted
	m.relay.mu.Unlock()
	if muted {
		return len(p), nil
	}
	return m.Conn.Write(p)
}
