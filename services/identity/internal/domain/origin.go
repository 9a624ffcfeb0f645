package domain

import "strings"

// Origin is where a request comes from, as the edge saw it.
type Origin struct {
	// Network is the caller's, /24 or /48; Source, /32 or /56, is only counted
	// by.
	Network, Source string
	// Agent is the browser's own description.
	Agent string
	// DeviceToken is what the browser got when somebody signed in with it.
	DeviceToken string
}

// Device names the family of browser and system in a user agent, such as
// "Firefox, Windows": enough to tell one's own sessions apart. Empty for one
// that is not known.
func Device(agent string) string {
	var known []string
	for _, families := range [][][2]string{browsers(), systems()} {
		if name := nameIn(families, agent); name != "" {
			known = append(known, name)
		}
	}
	return strings.Join(known, ", ")
}

// Family names the browser in a user agent, whatever its version and the system
// below, which browsers are asked to disguise on a telephone. One that is not
// known goes by its first word; empty for none.
func Family(agent string) string {
	if name := nameIn(browsers(), agent); name != "" {
		return name
	}
	if end := strings.IndexAny(agent, "/ "); end >= 0 {
		return agent[:end]
	}
	return agent
}

func nameIn(families [][2]string, agent string) string {
	for _, family := range families {
		if strings.Contains(agent, family[0]) {
			return family[1]
		}
	}
	return ""
}

// browsers are marks in user agents and what they stand for; those that also
// carry another's mark come first.
func browsers() [][2]string {
	return [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	}
}

func systems() [][2]string {
	return [][2]string{
		{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
}
