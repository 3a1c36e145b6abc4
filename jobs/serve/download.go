package serve

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/handout"
)

// asking are the fields of the form of a list, each the setting of winback pull of that
// name.
var asking = []string{"list", "campaign", "groups", "arm", "channel", "top", "due", "format", "for"}

// mime are the types of the forms of a list.
var mime = map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"json": "application/json", "parquet": "application/vnd.apache.parquet"}

// download hands out a list as winback pull does, row by row.
func (s *site) download(w http.ResponseWriter, r *http.Request) {
	asked := map[string]string{}
	for _, name := range asking {
		if text := strings.TrimSpace(r.PostForm.Get(name)); text != "" {
			asked[name] = text
		}
	}
	pull, err := s.pull(asked)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	release, err := s.wait(r.Context())
	if err != nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "Too many lists are asked for at once; try again in some minutes.")
		return
	}
	defer release()
	log, err := begin(s.files, s.settings.Out, who(r), time.Now(), asked)
	if err != nil {
		s.fail(w, r, fmt.Errorf("log of downloads: %w", err))
		return
	}
	list := &download{w: w, control: http.NewResponseController(w), name: fileName(asked), kind: mime[asked["format"]]}
	var notes bytes.Buffer
	ui := console.New(list, &notes, false, false, console.Text)
	if pull.For != "" {
		err = s.senderFiles(r.Context(), list, pull, ui, &notes)
	} else {
		err = jobs.Pull(r.Context(), pull, ui)
	}
	if err == nil {
		err = list.begin()
	}
	if err == nil {
		s.last.add(who(r), list.name, time.Now(), notes.String())
	}
	if logged := log.end(err == nil, told(notes.String())); err == nil {
		err = logged
	}
	switch {
	case err != nil && list.begun: // what was sent must not pass for the whole list
		s.ui.Warn("a download broke off: " + err.Error())
		panic(http.ErrAbortHandler)
	case err != nil:
		s.fail(w, r, err)
	}
}

// pull makes the settings of winback pull of what was filled in.
func (s *site) pull(asked map[string]string) (jobs.PullSettings, error) {
	var pull jobs.PullSettings
	if asked["list"] == string(settings.ListHoldout) {
		return pull, &settings.Error{Where: "list", Text: "the held-out are never contacted, and in no list"}
	}
	if err := s.sender(asked); err != nil {
		return pull, err
	}
	d := settings.NewDraft().Of(&pull)
	for _, name := range asking {
		text, filled := asked[name]
		if !filled {
			continue
		}
		if err := d.Flag(name, []string{text}); err != nil {
			return pull, err
		}
	}
	if err := d.Into(&pull); err != nil {
		return pull, err
	}
	pull.Out, pull.Suppression, pull.Acceptance, pull.Secret, pull.Modes = s.settings.Out, s.settings.Suppression, s.settings.Acceptance, s.settings.Secret, s.settings.Modes
	if pull.For != "" {
		pull.JoinFile, pull.Country = s.settings.JoinFile, s.settings.Country
	}
	return pull, nil
}

// sender settles the form of a list: that of a sending tool by its name, never by a file,
// or one of those that mime knows.
func (s *site) sender(asked map[string]string) error {
	tool := asked["for"]
	switch {
	case tool != "" && !slices.Contains(handout.SenderNames(), tool):
		return &settings.Error{Where: "for", Text: fmt.Sprintf("want one of %s, found %q", strings.Join(handout.SenderNames(), ", "), tool)}
	case tool != "" && s.settings.JoinFile == "":
		return &settings.Error{Where: "for", Text: "this server was started without contact data (--join)"}
	case tool != "":
		delete(asked, "format") // it has its own
		return nil
	case asked["format"] == "":
		asked["format"] = "csv"
	}
	if mime[asked["format"]] == "" {
		return &settings.Error{Where: "format", Text: fmt.Sprintf("want csv, xlsx, json or parquet, found %q", asked["format"])}
	}
	return nil
}

// told is what pull says of how many customers of which run it hands out; of a sender's
// files its last words.
func told(notes string) string {
	lines := strings.Split(strings.TrimSpace(notes), "\n")
	for _, line := range slices.Backward(lines) {
		if strings.Contains(line, " of run ") && !strings.HasPrefix(line, "warning") {
			return line
		}
	}
	return lines[len(lines)-1]
}

// fileName is what the browser calls the list.
func fileName(asked map[string]string) string {
	list := "recall"
	if asked["list"] != "" && asked["list"] != string(settings.ListContacts) {
		list = asked["list"]
	}
	if tool := asked["for"]; tool != "" {
		return list + "-" + tool + ".zip"
	}
	return list + "." + asked["format"]
}

// wait waits for one of the places in which lists and explanations are made.
func (s *site) wait(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, longestQueue)
	defer cancel()
	select {
	case s.places <- struct{}{}:
		return func() { <-s.places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// download is a response that begins with its first byte, so that an error before it can
// still be told. A reader who takes nothing for some time is left.
type download struct {
	w          http.ResponseWriter
	control    *http.ResponseController
	name, kind string
	begun      bool
}

func (d *download) begin() error {
	if d.begun {
		return nil
	}
	d.begun = true
	d.w.Header().Set("Content-Type", cmp.Or(d.kind, "application/zip"))
	d.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", d.name))
	d.w.WriteHeader(http.StatusOK)
	return nil
}

// Write implements io.Writer.
func (d *download) Write(p []byte) (int, error) {
	if err := d.begin(); err != nil {
		return 0, err
	}
	if err := d.control.SetWriteDeadline(time.Now().Add(stallTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return d.w.Write(p)
}
