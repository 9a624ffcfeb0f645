package pg

// Signal answers a channel that gets one value after commits which raised the
// topic; several commits may fold into one. One reader per topic.
func (d *DB) Signal(topic string) <-chan struct{} { return d.signal(topic) }

func (d *DB) signal(topic string) chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	ch, ok := d.signals[topic]
	if !ok {
		ch = make(chan struct{}, 1)
		d.signals[topic] = ch
	}
	return ch
}

func (d *DB) raise(topic string) {
	select {
	case d.signal(topic) <- struct{}{}:
	default: // one is waiting already
	}
}
