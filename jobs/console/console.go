// Package console is how a job speaks to people: results, the log as text or
// JSON, and the bar of the stage that runs.
package console

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Format is how progress and errors are written.
type Format string

// The formats.
const (
	Text Format = "text"
	JSON Format = "json"
)

// UI is how a job speaks to people: results go to Out, all else to standard
// error. The zero UI says nothing.
type UI struct {
	Out         io.Writer
	OutTerminal bool // Out is a terminal, where no binary file belongs
	Format      Format
	screen      *screen // nil: silent
}

// New makes the UI of a process. On a terminal, stages show a bar; elsewhere,
// and as JSON, a line when they end.
func New(out, err io.Writer, outTerminal, errTerminal bool, format Format) UI {
	return UI{Out: out, OutTerminal: outTerminal, Format: format,
		screen: &screen{w: err, terminal: errTerminal && format != JSON}}
}

// Log is where packages write that log by themselves: each line becomes a
// warning.
func (u UI) Log() io.Writer { return logWriter{u} }

type logWriter struct{ ui UI }

func (l logWriter) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			l.ui.Warn(strings.TrimPrefix(line, "WARNING: "))
		}
	}
	return len(text), nil
}

// Print writes lines of a result.
func (u UI) Print(lines ...string) error {
	if u.Out == nil {
		return nil
	}
	_, err := io.WriteString(u.Out, strings.Join(lines, "\n")+"\n")
	return err
}

// Note tells something worth knowing.
func (u UI) Note(text string) { u.log("info", text) }

// Outcome tells what came of a command; as text the text alone.
func (u UI) Outcome(text string, o Outcome) {
	if u.Format == JSON {
		u.json(logLine{Level: "info", Message: text, Outcome: &o})
		return
	}
	u.Note(text)
}

// Warn tells something that may be wrong.
func (u UI) Warn(text string) { u.log("warning", text) }

// Error tells why a command failed, and with which exit code.
func (u UI) Error(text string, exitCode int) {
	if u.Format == JSON {
		u.json(logLine{Level: "error", Message: text, ExitCode: exitCode})
		return
	}
	u.line("winback: " + text)
}

func (u UI) log(level, text string) {
	switch {
	case u.Format == JSON:
		u.json(logLine{Level: level, Message: text})
	case level == "warning":
		u.line("warning: " + text)
	default:
		u.line(text)
	}
}

// logLine is one line of the log as JSON.
type logLine struct {
	Time     string  `json:"time"` // RFC 3339
	Level    string  `json:"level"`
	Message  string  `json:"message,omitempty"`
	Stage    string  `json:"stage,omitempty"`
	Count    int64   `json:"count,omitempty"`
	Unit     string  `json:"unit,omitempty"`
	Seconds  float64 `json:"seconds,omitempty"`
	ExitCode int     `json:"exit_code,omitempty"`
	*Outcome
}

// Outcome is what came of a command, as fields of a line of the log.
type Outcome struct {
	Run       string             `json:"run"`
	Folder    string             `json:"folder"`
	AsOf      string             `json:"as_of"`     // YYYY-MM-DD
	Counts    map[string]int64   `json:"counts"`    // by stage and name: groups.contacts
	Durations map[string]float64 `json:"durations"` // seconds by stage
}

func (u UI) json(l logLine) {
	l.Time = time.Now().UTC().Format(time.RFC3339)
	text, err := json.Marshal(l)
	if err != nil {
		return // a seconds value that is no number; there is none
	}
	u.line(string(text))
}

func (u UI) line(text string) {
	if u.screen != nil {
		u.screen.line(text)
	}
}

// screen is the place where lines and the bar of the running stage go.
type screen struct {
	w        io.Writer
	terminal bool

	mu    sync.Mutex
	bar   string    // what stands in the last line of the terminal
	stage *Progress // whose bar it is
}

const eraseLine = "\r\x1b[K"

// line writes a whole line above the bar. What the place for messages refuses
// is lost: there is nowhere left to say so.
func (s *screen) line(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar != "" {
		fmt.Fprintf(s.w, "%s%s\n%s", eraseLine, text, s.bar)
		return
	}
	fmt.Fprintln(s.w, text)
}

// show replaces the bar; "" takes it away.
func (s *screen) show(bar string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bar == s.bar {
		return
	}
	fmt.Fprint(s.w, eraseLine, bar)
	s.bar = bar
}

// Close takes a bar away that a failed stage left.
func (u UI) Close() {
	if u.screen == nil {
		return
	}
	u.screen.stopStage()
}
