package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// form is a form of a page as it stands: hidden fields, preselected choices,
// and the buttons that submit it.
type form struct {
	action  string
	values  url.Values
	buttons []url.Values
}

func newJar(t *testing.T) *cookiejar.Jar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return jar
}

func formsOf(t *testing.T, page string) []form {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var forms []form
	var walk func(n *html.Node, current *form)
	walk = func(n *html.Node, current *form) {
		if n.Type == html.ElementNode && n.Data == "form" && attr(n, "method") == "post" {
			one := form{action: attr(n, "action"), values: url.Values{}}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c, &one)
			}
			forms = append(forms, one)
			return
		}
		if current != nil && n.Type == html.ElementNode {
			current.take(n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, current)
		}
	}
	walk(root, nil)
	return forms
}

// take adds what an element sends without anybody touching it.
func (f *form) take(n *html.Node) {
	name, value := attr(n, "name"), attr(n, "value")
	switch n.Data {
	case "button":
		f.buttons = append(f.buttons, url.Values{name: {value}})
	case "input":
		switch attr(n, "type") {
		case "radio", "checkbox":
			if has(n, "checked") {
				f.values.Add(name, value)
			}
		case "submit":
			f.buttons = append(f.buttons, url.Values{name: {value}})
		default:
			f.values.Add(name, value)
		}
	case "select":
		f.values.Add(name, chosen(n))
	case "textarea":
		text := ""
		if n.FirstChild != nil {
			text = n.FirstChild.Data
		}
		f.values.Add(name, text)
	}
}

// formWith is the one form of a page that has a field.
func formWith(t *testing.T, page, field string) form {
	t.Helper()
	for _, one := range formsOf(t, page) {
		if one.values.Has(field) {
			return one
		}
	}
	require.Fail(t, "no form has the field "+field)
	return form{}
}

// chosen is the option that a browser preselects.
func chosen(n *html.Node) string {
	var first *html.Node
	for c := range n.Descendants() {
		if c.Type != html.ElementNode || c.Data != "option" {
			continue
		}
		if has(c, "selected") {
			return attr(c, "value")
		}
		if first == nil {
			first = c
		}
	}
	if first == nil {
		return ""
	}
	return attr(first, "value")
}

func submit(t *testing.T, browser *http.Client, page string, f form, press url.Values) *http.Response {
	t.Helper()
	response := send(t, browser, page, f, press)
	require.NoError(t, response.Body.Close())
	return response
}

// pageAfter is submit that gives the page which follows.
func pageAfter(t *testing.T, browser *http.Client, page string, f form, press url.Values) string {
	t.Helper()
	response := send(t, browser, page, f, press)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

func send(t *testing.T, browser *http.Client, page string, f form, press url.Values) *http.Response {
	t.Helper()
	values := url.Values{}
	for _, part := range []url.Values{f.values, press} {
		for name, list := range part {
			if name != "" {
				values[name] = list
			}
		}
	}
	base, err := url.Parse(page)
	require.NoError(t, err)
	target, err := base.Parse(f.action)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target.String(), strings.NewReader(values.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := browser.Do(request)
	require.NoError(t, err)
	return response
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
