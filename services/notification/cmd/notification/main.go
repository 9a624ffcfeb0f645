// Command notification serves the notification context.
package main

import (
	"github.com/aval-access/aval/services/kit/host"
	"github.com/aval-access/aval/services/notification"
)

func main() {
	host.Main("notification", "AVAL_NOTIFICATION_", notification.Run, notification.Migrate)
}
