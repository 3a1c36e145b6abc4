package serve

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
)

// senderFolder begins the name of the folder in which the files of a sending tool lie
// until they are handed out; the next run removes what a crash has left of it.
const senderFolder = ".winback-serve-"

var folders atomic.Int64 // made by this process

// senderFiles hands out the files of a sending tool in one archive, with what was said of
// them.
func (s *site) senderFiles(ctx context.Context, w io.Writer, pull jobs.PullSettings, ui console.UI, notes fmt.Stringer) (err error) {
	pull.Output = filepath.Join(s.settings.Out, fmt.Sprintf("%s%d-%d", senderFolder, time.Now().UnixNano(), folders.Add(1)))
	defer func() { err = errors.Join(err, s.files.RemoveAll(pull.Output)) }()
	ui.Out = io.Discard // pull names the files, which here are in the archive
	if err := jobs.Pull(ctx, pull, ui); err != nil {
		return err
	}
	entries, err := s.files.ReadDir(pull.Output)
	if errors.Is(err, fs.ErrNotExist) {
		return &settings.Error{Where: "for", Text: "nobody of that list can be reached. " + strings.Join(strings.Split(strings.TrimSpace(notes.String()), "\n"), ". ")}
	}
	if err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	for _, e := range entries {
		if err := s.add(archive, filepath.Join(pull.Output, e.Name()), e.Name()); err != nil {
			return err
		}
	}
	return errors.Join(addNotes(archive, notes.String()), archive.Close())
}

// notesFile is what was said of the files: who was left out, and what to look at.
const notesFile = "notes.txt"

func addNotes(archive *zip.Writer, notes string) error {
	to, err := archive.Create(notesFile)
	if err != nil {
		return err
	}
	_, err = io.WriteString(to, notes)
	return err
}

func (s *site) add(archive *zip.Writer, path, name string) error {
	file, err := s.files.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	to, err := archive.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, file)
	return err
}
