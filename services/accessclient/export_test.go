package accessclient

import "time"

// SetStreamLife makes streams shorter, before anything is asked.
func (c *Client) SetStreamLife(d time.Duration) { c.life = d }
