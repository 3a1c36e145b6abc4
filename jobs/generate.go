package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"winback/internal/fsys"
	"winback/internal/shop"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/wording"
)

// GenerateSettings are what Generate reads.
type GenerateSettings struct {
	settings.Random
	settings.Parallel
	settings.Modes
	settings.Invented
	Out string // folder of the Parquet files
}

// Settings lists them.
func (s *GenerateSettings) Settings() []settings.Setting {
	return append(settings.Rows(&s.Random, &s.Parallel, &s.Modes, &s.Invented), settings.Folder(&s.Out, "folder for the Parquet files", ""))
}

// Generate writes the orders of a synthetic shop as Parquet files into s.Out.
func Generate(ctx context.Context, s GenerateSettings, ui console.UI) error {
	files := s.FS()
	if err := files.MkdirAll(s.Out); err != nil {
		return err
	}
	stage := ui.Stage("generate", 0, "orders")
	opts := shop.Options{Customers: s.Customers, Files: s.Files, Seed: s.Seed, Whale: s.Whale, Workers: s.WorkerCount(),
		Progress: func(orders int) { stage.Add(int64(orders)) }}
	counts, err := shop.Generate(ctx, opts, intoFolder(files, s.Out))
	if err != nil {
		return err
	}
	stage.Done("")
	return ui.Print(fmt.Sprintf("%s: %s customers, %s orders, %s lines.", s.Out, wording.Thousands(int64(counts.Customers)), wording.Thousands(int64(counts.Orders)), wording.Thousands(int64(counts.Lines))),
		"Next: winback run "+shellWord(s.Out))
}

// intoFolder makes the files of a shop in a folder, in place of older ones.
func intoFolder(files fsys.FS, dir string) shop.Create {
	return func(name string) (io.WriteCloser, error) {
		path := filepath.Join(dir, name)
		if err := files.RemoveAll(path); err != nil {
			return nil, err
		}
		return files.Create(path)
	}
}
