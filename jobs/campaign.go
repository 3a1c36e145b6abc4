package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
)

// campaigner is where the commands of the campaign loop work.
type campaigner struct {
	files fsys.FS
	ui    console.UI
	now   func() time.Time
}

func newCampaigner(files fsys.FS, ui console.UI) *campaigner {
	return &campaigner{files, ui, time.Now}
}

func (c *campaigner) today() data.Day { return data.DayOf(c.now()) }

// unreadableLedger gives the error of a ledger its exit code.
func unreadableLedger(err error) error {
	if errors.Is(err, ledger.ErrDamaged) || errors.Is(err, run.ErrVersion) {
		return &ExitError{ExitInput, err}
	}
	return unreadableRun(err)
}

// begin locks an output folder and reads its ledger. Unless it may be a fresh one,
// it must be there: a path with a slip of the pen leaves no folder behind.
func (c *campaigner) begin(out string, fresh bool) (*ledger.Writer, error) {
	if _, err := c.files.Stat(out); !fresh && errors.Is(err, fs.ErrNotExist) {
		return nil, usage("--out", fmt.Errorf("there is no folder %s; winback run makes it", out))
	}
	w, err := ledger.Begin(c.files, out)
	return w, unreadableLedger(err)
}

// read reads the ledger of an output folder.
func (c *campaigner) read(out string) (*ledger.Ledger, error) {
	l, err := ledger.Read(c.files, out)
	return l, unreadableLedger(err)
}

// add appends an entry; its number and old say which one tells it now.
func (c *campaigner) add(w *ledger.Writer, e ledger.Entry, files []ledger.File) (added *ledger.Entry, old bool, err error) {
	e.ToolVersion, e.Written = Version(), c.now()
	added, old, err = w.Append(e, files)
	if old {
		return added, old, c.already(added.Number)
	}
	return added, old, err
}

// already says that the ledger tells this by now.
func (c *campaigner) already(entry int) error {
	c.ui.Note("Nothing is written: the ledger says so already; winback campaign status tells where campaigns stand")
	return c.ui.Print(fmt.Sprintf("already entry %d", entry))
}

// where is the output folder in a command that is suggested.
func where(out string) string {
	if out == settings.UsualOut {
		return ""
	}
	return " --out " + shellWord(out)
}

// jsonFile is a JSON file of an entry.
func jsonFile(path string, content any) (ledger.File, error) {
	var text bytes.Buffer
	err := run.WriteJSON(&text, content)
	return ledger.File{Path: path, Content: text.Bytes()}, err
}

// entryTable is a table of an entry.
func entryTable[R any](path string, rows []R, write func(io.Writer, []R) error) (ledger.File, error) {
	var content bytes.Buffer
	err := write(&content, rows)
	return ledger.File{Path: path, Content: content.Bytes()}, err
}

// usage is an error about what a command was asked.
func usage(where string, err error) error {
	if err == nil {
		return nil
	}
	return &settings.Error{Where: where, Text: err.Error()}
}

// refused is an error of the gate.
func refused(format string, args ...any) error {
	return &ExitError{ExitGate, fmt.Errorf(format, args...)}
}

// waves are the waves of a campaign that is known, the oldest first.
func (c *campaigner) waves(l *ledger.Ledger, name string, asOf data.Day) ([]*campaign.Wave, error) {
	if err := campaign.CheckKnown(l, name); err != nil {
		return nil, usage("campaign", err)
	}
	waves, err := campaign.Load(l, name, asOf)
	if err == nil && len(waves) == 0 {
		err = usage("--as-of", fmt.Errorf("campaign %s was launched after %s", name, asOf))
	}
	return waves, unreadableLedger(err)
}

// forever is a day after all that a ledger can tell.
const forever = data.Day(2932896) // 9999-12-31

// settingsOf writes what an entry's settings say.
func settingsOf(content any) (json.RawMessage, error) { return json.Marshal(content) }
