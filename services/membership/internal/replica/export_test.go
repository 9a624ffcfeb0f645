package replica

import "github.com/aval-access/aval/services/accessclient/engine"

// View is the memory that answers now.
func (r *Replica) View() *engine.View { return r.standing.Load().View }
