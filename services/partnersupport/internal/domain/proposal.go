package domain

import "time"

// Lasting is the proposal of an access without an end of its own: longer than any
// that can be proposed with one.
const Lasting = 100 * 366 * 24 * time.Hour
