package serve

import (
	"net/http"
	"testing"

	"winback/internal/browser"
)

// framed lets the test's own page show those of the site.
func framed(s http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(unframing{w}, r)
	})
}

type unframing struct{ http.ResponseWriter }

func (u unframing) WriteHeader(status int) {
	u.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'")
	u.Header().Del("X-Frame-Options")
	u.ResponseWriter.WriteHeader(status)
}

func TestBrowser_PagesFitAndHaveNames(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	s := framed(opened(t, standard(out), nil))
	for _, path := range []string{"/", "/group/1", "/nowhere"} {
		for _, width := range []int{390, 1280} {
			seen := browser.Look(t, s, path, width, 900)
			if seen.Width > width || len(seen.Off)+len(seen.Unnamed)+len(seen.Blank) > 0 {
				t.Errorf("%s at %d pixels is %d wide; off the screen %v, without a name %v, tables without caption or scope %v", path, width, seen.Width, seen.Off, seen.Unnamed, seen.Blank)
			}
		}
	}
}
