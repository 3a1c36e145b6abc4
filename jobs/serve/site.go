package serve

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"winback/internal/fsys"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/brief"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

//go:embed pages.tmpl
var pagesText string

var pages = template.Must(template.New("pages").Funcs(template.FuncMap{
	"count": wording.Thousands, "percent": wording.Page.Percent, "clean": wording.Clean, "warns": func(line string) bool { return strings.HasPrefix(line, "warning: ") }, "whole": func(x float64) string { return wording.Page.Fixed(x, 0) },
}).Parse(pagesText))

// site answers the requests. The newest run is opened anew for each, so that a page is of
// the run that is current then.
type site struct {
	files    fsys.FS
	settings ServeSettings
	people   people
	ui       console.UI
	places   chan struct{} // lists and explanations that are being made
	last     lastLists
	handler  http.Handler
}

func newSite(files fsys.FS, s ServeSettings, p people, ui console.UI) *site {
	site := &site{files: files, settings: s, people: p, ui: ui, places: make(chan struct{}, mostAtOnce)}
	site.handler = site.guarded(http.HandlerFunc(site.route))
	return site
}

// ServeHTTP bounds the time that an answer may take to be read.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(stallTime)) // recorders of tests have none
	s.handler.ServeHTTP(w, r)
}

// route knows every address there is. None of them is a path in a folder.
func (s *site) route(w http.ResponseWriter, r *http.Request) {
	group, isGroup := strings.CutPrefix(r.URL.Path, "/group/")
	switch path := r.URL.Path; {
	case path == "/":
		s.reading(w, r, s.overview)
	case path == "/style.css":
		s.reading(w, r, style)
	case path == "/"+run.BriefFile, path == "/"+run.ReportFile:
		s.reading(w, r, s.published)
	case isGroup:
		s.reading(w, r, func(w http.ResponseWriter, r *http.Request) { s.group(w, r, group) })
	case path == "/customer":
		s.posting(w, r, s.customer)
	case path == "/download":
		s.posting(w, r, s.download)
	default:
		s.refuse(w, r, http.StatusNotFound, "There is no such page.")
	}
}

func (s *site) reading(w http.ResponseWriter, r *http.Request, page http.HandlerFunc) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.refuse(w, r, http.StatusMethodNotAllowed, "This page can only be read.")
		return
	}
	page(w, r)
}

// posting reads a form of a page of ours, no longer than forms are.
func (s *site) posting(w http.ResponseWriter, r *http.Request, page http.HandlerFunc) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		s.refuse(w, r, http.StatusMethodNotAllowed, "Use the form on the first page.")
		return
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTime)) // recorders of tests have none
	r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	if r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.ParseForm() != nil {
		s.refuse(w, r, http.StatusBadRequest, "That is no form of this server.")
		return
	}
	_ = control.SetReadDeadline(time.Time{})
	page(w, r)
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	fmt.Fprint(w, brief.Style)
}

// published is a page of the newest run as it was published.
func (s *site) published(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	newest, err := run.Open(s.files, s.settings.Out, "", name)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if !newest.Manifest.Has(name) {
		s.refuse(w, r, http.StatusNotFound, "The newest run was published without that page.")
		return
	}
	page, err := newest.Content(name)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page) // a reader who has left needs no answer
}

// customer says why a customer stands where it stands.
func (s *site) customer(w http.ResponseWriter, r *http.Request) {
	id := r.PostForm.Get("id")
	if id == "" {
		s.refuse(w, r, http.StatusBadRequest, "Fill in the id of a customer, as the lists write it.")
		return
	}
	release, err := s.wait(r.Context())
	if err != nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "Too much is asked for at once; try again in some minutes.")
		return
	}
	defer release()
	var text bytes.Buffer
	if err := jobs.Explain(r.Context(), jobs.ExplainSettings{Runs: s.settings.Runs}, id, console.UI{Out: &text}); err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "customer", map[string]any{"Text": text.String()})
}

// fail tells what a person can mend; all else is told to whoever runs the server.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	var wrong *settings.Error
	switch {
	case errors.Is(err, context.Canceled):
		panic(http.ErrAbortHandler) // nobody is there to read it
	case errors.As(err, &wrong):
		s.refuse(w, r, http.StatusBadRequest, wording.Sentence(strings.TrimPrefix(wrong.Where, "--")+": "+wrong.Text))
	case jobs.Code(err) == jobs.ExitUsage:
		s.refuse(w, r, http.StatusBadRequest, wording.Sentence(err.Error()))
	case errors.Is(err, run.ErrNoRun):
		s.refuse(w, r, http.StatusServiceUnavailable, "There is no run yet. Whoever runs the server makes one with: winback run ORDERS --out "+s.settings.Out+". This page then shows it; no restart is needed.")
	case errors.Is(err, jobs.ErrAddressesAlone):
		s.ui.Warn(fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err))
		s.refuse(w, r, http.StatusServiceUnavailable, "Most of the opt-out list that this server was started with are e-mail addresses and phone numbers, which a list without contact data cannot leave out. "+s.withAddresses())
	case jobs.Code(err) == jobs.ExitGate && s.settings.SuppressFile != "":
		s.ui.Warn(fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err))
		s.refuse(w, r, http.StatusServiceUnavailable, "The opt-out list that this server was started with does not fit the run, so that no list is handed out; whoever runs the server can read why in its log.")
	default:
		s.ui.Warn(fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err))
		s.refuse(w, r, http.StatusServiceUnavailable, "That cannot be shown now; whoever runs the server can read why in its log.")
	}
}

// withAddresses says which lists leave out people who are known by an address.
func (s *site) withAddresses() string {
	if s.settings.JoinFile == "" {
		return "Whoever runs the server names a file of contact data with --join; the lists for a sending tool then leave these people out."
	}
	return "Choose a sending tool in the field For: its files are made with contact data and leave these people out."
}

// refuse answers with a sentence.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, status int, text string) {
	s.show(w, r, status, "refused", map[string]any{"Text": text})
}

// show writes a page of a template.
func (s *site) show(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		s.ui.Warn(fmt.Sprintf("page %s: %v", name, err))
		http.Error(w, "That cannot be shown.", http.StatusServiceUnavailable)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(stallTime)) // recorders of tests have none
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(page.Bytes()) // a reader who has left needs no answer
	}
}
