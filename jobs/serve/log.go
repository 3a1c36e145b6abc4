package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"winback/internal/fsys"
)

// downloadsFolder holds a file for each download.
const downloadsFolder = "downloads"

// taken is what the log says of a download. It holds no ids.
type taken struct {
	Who   string            `json:"who"`
	When  string            `json:"when"`  // UTC, when it began
	Asked map[string]string `json:"asked"` // what was filled in
	Done  bool              `json:"done"`  // to its last row
	// Told is what pull says of the list: how many customers of which run.
	Told string `json:"told"`
}

// entry is a file of the log whose download is under way. It is empty until the end: a
// download that a crash has ended leaves an empty file.
type entry struct {
	file fsys.File
	what taken
}

// begin makes the file before anything is handed out.
func begin(files fsys.FS, out, who string, now time.Time, asked map[string]string) (*entry, error) {
	folder := filepath.Join(out, downloadsFolder)
	if err := files.MkdirAll(folder); err != nil {
		return nil, err
	}
	now = now.UTC()
	for n := 1; ; n++ {
		path := filepath.Join(folder, fmt.Sprintf("%s-%d.json", now.Format("2006-01-02T15-04-05"), n))
		file, err := files.Create(path)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &entry{file, taken{Who: who, When: now.Format(time.RFC3339), Asked: asked}}, files.SyncDir(folder)
	}
}

// end says what came of it.
func (e *entry) end(done bool, told string) error {
	e.what.Done, e.what.Told = done, told
	text, err := json.Marshal(e.what)
	if err == nil {
		_, err = e.file.Write(append(text, '\n'))
	}
	if err == nil {
		err = e.file.Sync()
	}
	return errors.Join(err, e.file.Close())
}
