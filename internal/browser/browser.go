// Package browser shows pages to headless Chromium in tests and measures what it
// makes of them. Tests are skipped where there is no Chromium.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Seen is what a browser makes of a page.
type Seen struct {
	Width, Height int      // that the page takes, in pixels
	Off           []string // elements that end beyond the right edge
	Small         []string // texts of pictures that are shown below 10.5 pixels
	Unnamed       []string // buttons, links and fields without a name
	Blank         []string // tables without caption or with headings without a scope
}

// measuring runs in the frame that holds the page.
const measuring = `
const shown = e => e.getClientRects().length > 0, short = e => e.tagName + " " + e.className + " " + e.textContent.trim().slice(0, 40);
const page = frames[0].document, width = frames[0].innerWidth, all = [...page.querySelectorAll("body *")];
const name = e => (e.getAttribute("aria-label") || e.textContent || (e.labels && e.labels.length && e.labels[0].textContent) || "").trim();
const inside = e => !e.closest("svg") || e.tagName == "svg";
const seen = {
  Width: page.documentElement.scrollWidth, Height: page.documentElement.scrollHeight,
  Off: all.filter(e => inside(e) && shown(e) && e.getBoundingClientRect().right > width + 1).map(short),
  Small: all.filter(e => e.tagName == "text" && shown(e) && parseFloat(frames[0].getComputedStyle(e).fontSize) * Math.hypot(e.getScreenCTM().a, e.getScreenCTM().b) < 10.5).map(short),
  Unnamed: all.filter(e => (["BUTTON", "A", "SELECT"].includes(e.tagName) || e.tagName == "INPUT" && e.type != "hidden") && !name(e)).map(short),
  Blank: all.filter(e => e.tagName == "TABLE" && (!e.caption || [...e.querySelectorAll("th")].some(h => !h.scope))).map(short),
};
document.body.textContent = "SEEN" + JSON.stringify(seen) + "SEEN";
`

// Look shows the page of an address in a window of a width and height, as a
// phone or a screen without a scroll bar does, and says what it sees.
func Look(t *testing.T, handler http.Handler, path string, width, height int) Seen {
	t.Helper()
	chromium := find(t)
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.HandleFunc("/measure", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!DOCTYPE html><body style="margin:0"><iframe src="%s" style="border:0;width:%dpx;height:%dpx"></iframe><script>addEventListener("load", () => {%s})</script>`, html.EscapeString(path), width, height, measuring)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars", "--no-first-run",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=5000", "--dump-dom", server.URL+"/measure").Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	parts := strings.Split(string(out), "SEEN")
	if len(parts) < 3 {
		t.Fatalf("chromium measured nothing: %s", out)
	}
	var seen Seen
	if err := json.Unmarshal([]byte(html.UnescapeString(parts[len(parts)-2])), &seen); err != nil {
		t.Fatal(err)
	}
	return seen
}

// Page serves one page at every address.
func Page(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text)
	})
}

// required is the variable of the environment that makes a missing chromium a failure.
const required = "WINBACK_BROWSER"

func find(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv(required) != "" {
		t.Fatal("there is no chromium")
	}
	t.Skip("there is no chromium")
	return ""
}
