package serve

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winback/internal/fsys"
)

func TestGuard_LetsInWhoAsksByItsNameFromItsOwnPages(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := opened(t, standard(out), nil)
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"by hand", func(r *http.Request) {}, 200},
		{"localhost", func(r *http.Request) { r.Host = "localhost:8645" }, 200},
		{"IPv6", func(r *http.Request) { r.Host = "[::1]:8645" }, 200},
		{"a foreign name bound to this machine", func(r *http.Request) { r.Host = "evil.example:8645" }, 421},
		{"a name that begins as ours", func(r *http.Request) { r.Host = "127.0.0.1.evil.example" }, 421},
		{"no name", func(r *http.Request) { r.Host = "" }, 421},
		{"from another site", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		{"from a neighbour", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
		{"from another origin", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403},
		{"from another port", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:80") }, 403},
		{"from no origin", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"two origins", func(r *http.Request) {
			r.Header["Origin"] = []string{"http://127.0.0.1:8645", "http://evil.example"}
		}, 403},
	} {
		if got := ask(s, "GET", "/", nil, c.change); got.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, got.Code, c.want)
		}
		if c.want != 200 {
			if got := ask(s, "POST", "/download", url.Values{"format": {"csv"}}, c.change); got.Code != c.want {
				t.Errorf("%s, a list: %d, want %d", c.name, got.Code, c.want)
			}
		}
	}
	h := ask(s, "GET", "/", nil, nil).Header()
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"} {
		if !strings.Contains(h.Get(name), want) {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
}

func TestGuard_NobodyComesInWithoutTheTokenOfTheirName(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	anna, bert := strings.Repeat("a", leastToken), strings.Repeat("b", leastToken)
	file := filepath.Join(t.TempDir(), "people")
	must(t, os.WriteFile(file, []byte("anna "+anna+"\nbert "+bert+"\n"), 0o600))
	known, err := readPeople(fsys.OS(), file)
	must(t, err)
	s := opened(t, standard(out), known)
	for _, c := range []struct {
		name, token string
		want        int
	}{{"anna", anna, 200}, {"bert", bert, 200}, {"anna", bert, 401}, {"anna", "", 401}, {"", anna, 401}, {"", "", 401}, {"carl", anna, 401}, {"Anna", anna, 401}} {
		for _, path := range []string{"/", "/style.css", "/brief.html", "/group/1"} {
			got := ask(s, "GET", path, nil, func(r *http.Request) {
				r.Host = "winback.shop.example"
				if c.name+c.token != "" {
					r.SetBasicAuth(c.name, c.token)
				}
			})
			if got.Code != c.want || c.want == 401 && got.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s as %q: %d, want %d", path, c.name, got.Code, c.want)
			}
		}
	}
}

func TestServe_RefusesToOpenItselfToOthersWithoutTokens(t *testing.T) {
	token := strings.Repeat("x", leastToken)
	for _, c := range []struct {
		listen, people string
		mode           os.FileMode
		want           string
	}{
		{":8645", "", 0, "reaches beyond this machine"},
		{"0.0.0.0:8645", "", 0, "reaches beyond this machine"},
		{"192.168.1.4:8645", "", 0, "reaches beyond this machine"},
		{"shop.example:8645", "", 0, "reaches beyond this machine"},
		{"8645", "", 0, "want an address such as 127.0.0.1:8645"},
		{"0.0.0.0:8645", "anna short\n", 0o600, "line 1: want a token of at least 32 characters, found 5"},
		{"0.0.0.0:8645", "anna\n", 0o600, "line 1: want a name without a colon and a token"},
		{"0.0.0.0:8645", "a " + token + "\na " + token + "\n", 0o600, "line 2: the name is there twice"},
		{"0.0.0.0:8645", "# nobody\n", 0o600, "nobody is named in it"},
		{"0.0.0.0:8645", "anna " + token + "\n", 0o644, "want a file that only its owner can read"},
		{"0.0.0.0:8645", "anna " + token + "\n", 0o600, ""},
		{"127.0.0.1:0", "", 0, ""},
		{"localhost:0", "", 0, ""},
		{"[::1]:0", "", 0, ""},
	} {
		s := standard(t.TempDir())
		s.Listen = c.listen
		if c.people != "" {
			s.TokenFile = filepath.Join(t.TempDir(), "people")
			must(t, os.WriteFile(s.TokenFile, []byte(c.people), c.mode))
			must(t, os.Chmod(s.TokenFile, c.mode))
		}
		_, err := admitted(fsys.OS(), &s)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s with %q: %v, want %q", c.listen, c.people, err, c.want)
		}
	}
}
