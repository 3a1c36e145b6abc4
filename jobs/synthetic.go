package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"winback/internal/fsys"
	"winback/internal/shop"
	"winback/pipeline/wording"
)

// Generate writes the orders of a synthetic shop as Parquet files into s.Out.
func Generate(ctx context.Context, s Settings, ui UI) error {
	files := fsys.OS()
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

// Demo invents a shop whose truth is known, runs the whole batch on it, and
// says what was found of that truth.
func Demo(ctx context.Context, s Settings, ui UI) error {
	files := fsys.OS()
	orders := filepath.Join(s.Out, "orders")
	if err := files.MkdirAll(orders); err != nil {
		return err
	}
	stage := ui.Stage("invent a shop", 0, "orders")
	invented := shop.Demo(s.Seed)
	if err := invented.Write(intoFolder(files, orders)); err != nil {
		return err
	}
	stage.Add(int64(invented.Orders()))
	stage.Done(wording.Thousands(int64(invented.Customers())) + " customers")
	s.AsOf = invented.Truth.AsOf
	n := &nightly{files: files, s: s, ui: ui, now: time.Now, sources: []string{orders}, synthetic: true}
	if err := n.run(ctx); err != nil {
		return err
	}
	return ui.Print(append(truthText(&invented.Truth, n.diagnosis), "The shop's orders: "+orders)...)
}
