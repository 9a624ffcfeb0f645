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
		for _, family := range families {
			if strings.Contains(agent, family[0]) {
				known = append(known, family[1])
				break
			}
		}
	}
	return strings.Join(known, ", ")
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
