// Package serve shows the newest run to people without a command line: plain pages of
// net/http, read only but for the log of downloads.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"winback/internal/fsys"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
)

// ServeSettings are what Serve reads.
type ServeSettings struct {
	settings.Runs
	settings.Suppression
	settings.Acceptance
	settings.Secret
	settings.Joined
	settings.Dialling
	settings.Modes
	settings.Serving
}

// Settings lists them.
func (s *ServeSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Runs, &s.Suppression, &s.Acceptance, &s.Secret, &s.Joined, &s.Dialling, &s.Modes, &s.Serving)
}

// Bounds of a request. A download may take as long as its reader goes on reading.
const (
	headerTime   = 5 * time.Second
	bodyTime     = 10 * time.Second
	stallTime    = 30 * time.Second // without a byte taken
	idleTime     = time.Minute
	stopTime     = 10 * time.Second // for what is under way when the server stops
	mostHeaders  = 16 << 10
	mostBody     = 8 << 10
	mostAtOnce   = 4 // lists and explanations that are made at a time; the others wait
	longestQueue = 30 * time.Minute
)

// Serve serves the pages until the context ends, and then lets what is under way
// come to its end for some seconds.
func Serve(ctx context.Context, s ServeSettings, ui console.UI) error {
	if err := settings.OnDisk("--out", s.Out); err != nil {
		return err
	}
	files := s.FS()
	people, err := admitted(files, &s)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return &jobs.ExitError{Code: jobs.ExitIO, Err: err}
	}
	site := newSite(files, s, people, ui)
	if _, err := run.Open(files, s.Out, ""); errors.Is(err, run.ErrNoRun) {
		ui.Warn(fmt.Sprintf("there is no run in %s yet: winback run ORDERS --out %s makes one, and the pages then show it", s.Out, s.Out))
	}
	if err := site.checkOptOuts(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: site, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: mostHeaders, ErrorLog: log.New(ui.Log(), "", 0)}
	ui.Note(fmt.Sprintf("Serving %s at http://%s", s.Out, listener.Addr()))
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		err := server.Shutdown(last)
		if err != nil {
			err = server.Close()
		}
		stopped <- err
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return &jobs.ExitError{Code: jobs.ExitIO, Err: err}
	}
	return <-stopped
}

// checkOptOuts tells whoever starts the server of an opt-out list that does not fit the
// newest run: each list is refused then, until the file is another.
func (s *site) checkOptOuts(ctx context.Context) error {
	pull, err := s.pull(map[string]string{})
	if err != nil {
		return err
	}
	err = jobs.CheckOptOuts(ctx, pull, s.ui)
	switch {
	case errors.Is(err, jobs.ErrAddressesAlone):
		s.ui.Warn(fmt.Sprintf("lists without contact data are refused: %v. %s", err, s.withAddresses()))
	case jobs.Code(err) == jobs.ExitGate:
		s.ui.Warn(fmt.Sprintf("no list is handed out: %v", err))
	}
	return ctx.Err()
}

// admitted are the people who may come in: nil for whoever is on this machine.
// Beyond it nobody is served without names and tokens.
func admitted(files fsys.FS, s *ServeSettings) (people, error) {
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return nil, &settings.Error{Where: "--listen", Text: fmt.Sprintf("want an address such as 127.0.0.1:8645, found %q", s.Listen)}
	}
	if s.TokenFile != "" {
		return readPeople(files, s.TokenFile)
	}
	if !loopback(host) {
		return nil, &settings.Error{Where: "--listen", Text: fmt.Sprintf("%s reaches beyond this machine: name who may come in with --token-file", s.Listen)}
	}
	return nil, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
