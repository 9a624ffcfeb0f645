package broker

// Consumer is one durable consumer on a stream.
type Consumer struct{ Stream, Name string }

// Grant is what one user may do; what is not named is refused.
type Grant struct {
	User               string
	Publish, Subscribe []string
}

// Consumers are who reads what: the contexts' own descriptions, which migrate
// carries out, must agree.
func Consumers() map[string][]Consumer {
	return map[string][]Consumer{
		"identity": {
			{Stream: "MEMBERSHIP", Name: "identity-membership"},
			{Stream: "MEMBERSHIP", Name: "identity-leavers"},
			{Stream: "PARTNERSUPPORT", Name: "identity-partnersupport"},
			{Stream: "CONSENT", Name: "identity-consent"},
			{Stream: "NOTIFICATION", Name: "identity-notification"},
		},
		"membership": {
			{Stream: "IDENTITY", Name: "membership-identity"},
			{Stream: "IDENTITY", Name: "membership-erasure"},
		},
		"partnersupport": {
			{Stream: "IDENTITY", Name: "partnersupport-erasure"},
			{Stream: "MEMBERSHIP", Name: "partnersupport-membership"},
			{Stream: "CONSENT", Name: "partnersupport-consent"},
		},
		"consent": {
			{Stream: "IDENTITY", Name: "consent-erasure"},
			{Stream: "MEMBERSHIP", Name: "consent-history-membership"},
			{Stream: "PARTNERSUPPORT", Name: "consent-history-partnersupport"},
			{Stream: "CONSENT", Name: "consent-history-consent"},
			{Stream: "IDENTITY", Name: "consent-history-identity"},
			{Stream: "NOTIFICATION", Name: "consent-history-notification"},
			{Stream: "NOTIFICATION", Name: "consent-bounces"},
		},
		"notification": {
			{Stream: "IDENTITY", Name: "notification-identity"},
			{Stream: "IDENTITY", Name: "notification-erasure"},
			{Stream: "MEMBERSHIP", Name: "notification-membership"},
			{Stream: "CONSENT", Name: "notification-consent"},
			{Stream: "PARTNERSUPPORT", Name: "notification-partnersupport"},
		},
	}
}

// Grants are the users in a fixed order: the services, the gateway, which only
// listens, then the provisioner.
func Grants() []Grant {
	var out []Grant
	for _, service := range []string{"identity", "membership", "partnersupport", "consent", "notification"} {
		out = append(out, ofService(service))
	}
	out = append(out, Grant{User: "gateway", Subscribe: []string{
		"aval.identity.v1.user.>", "aval.membership.v1.>", "aval.partnersupport.v1.>", "aval.consent.v1.>",
	}})
	return append(out, Grant{
		User: Provisioner,
		// The facts are for replaying dead letters to the consumer that put
		// them aside.
		Publish:   []string{"$JS.API.>", "aval.*.v1.>"},
		Subscribe: []string{"_INBOX." + Provisioner + ".>"},
	})
}

func ofService(name string) Grant {
	g := Grant{User: name, Publish: []string{"aval." + name + ".v1.>"}, Subscribe: []string{"_INBOX." + name + ".>"}}
	for _, c := range Consumers()[name] {
		g.Publish = append(g.Publish,
			"$JS.API.CONSUMER.INFO."+c.Stream+"."+c.Name,
			"$JS.API.CONSUMER.MSG.NEXT."+c.Stream+"."+c.Name,
			"$JS.ACK."+c.Stream+"."+c.Name+".>",
			"DLQ."+c.Name,
		)
	}
	return g
}
