package serve

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync/atomic"
	"time"

	"winback/jobs"
	"winback/jobs/console"
)

// senderFolder begins the name of the folder in which the files of a sending tool lie
// until they are handed out; the next run removes what a crash has left of it.
const senderFolder = ".winback-serve-"

var folders atomic.Int64 // made by this process

// senderFiles hands out the files of a sending tool in one archive.
func (s *site) senderFiles(ctx context.Context, w io.Writer, pull jobs.PullSettings, ui console.UI) (err error) {
	pull.Output = filepath.Join(s.settings.Out, fmt.Sprintf("%s%d-%d", senderFolder, time.Now().UnixNano(), folders.Add(1)))
	defer func() { err = errors.Join(err, s.files.RemoveAll(pull.Output)) }()
	if err := jobs.Pull(ctx, pull, ui); err != nil {
		return err
	}
	entries, err := s.files.ReadDir(pull.Output)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	for _, e := range entries {
		if err := s.add(archive, filepath.Join(pull.Output, e.Name()), e.Name()); err != nil {
			return err
		}
	}
	return archive.Close()
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
