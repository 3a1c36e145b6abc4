// Command features measures parts of the way from order files to feature rows.
//
//	features decode DIR                     only decodes the eight columns and hashes their values
//	features read DIR [STORE]               reads DIR and deals its lines to partitions, with a store if one is named
//	features build DIR AS_OF SNAPSHOTS      reads DIR and builds tonight's snapshot and SNAPSHOTS closed ones before it
//
// All work with two processors; each prints what it saw in one line of JSON.
// With CPU_PROFILE=FILE in the environment a profile of the run is written.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/features"
	"winback/internal/fsys"
)

const workers = 2

func main() {
	runtime.GOMAXPROCS(workers)
	if err := profiled(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "features:", err)
		os.Exit(1)
	}
}

func profiled(args []string) error {
	path := os.Getenv("CPU_PROFILE")
	if path == "" {
		return run(args)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return run(args)
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "decode":
		return decode(args[1])
	case len(args) == 2 && args[0] == "read":
		return read(args[1], "")
	case len(args) == 3 && args[0] == "read":
		return read(args[1], args[2])
	case len(args) == 4 && args[0] == "build":
		asOf, err := data.ParseDay(args[2])
		if err != nil {
			return err
		}
		closed, err := strconv.Atoi(args[3])
		if err != nil || closed < 0 {
			return fmt.Errorf("snapshots %q, want a number from 0", args[3])
		}
		return build(args[1], asOf, closed)
	}
	return fmt.Errorf("want decode DIR, read DIR [STORE] or build DIR AS_OF SNAPSHOTS")
}

func show(figures any) error {
	text, err := json.Marshal(figures)
	if err == nil {
		fmt.Println(string(text))
	}
	return err
}

// decode walks over the pages of all files, row groups in parallel.
func decode(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.parquet"))
	if err != nil {
		return err
	}
	var (
		next   atomic.Int64
		values atomic.Int64
		sum    atomic.Uint64
		wait   sync.WaitGroup
		errs   = make([]error, workers)
	)
	for w := range workers {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(paths) || errs[w] != nil {
					return
				}
				n, s, err := decodeFile(paths[i])
				errs[w] = err
				values.Add(n)
				sum.Add(s)
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return show(struct {
		Values int64  `json:"values"`
		Sum    uint64 `json:"sum"`
	}{values.Load(), sum.Load()})
}

func readOrders(ctx context.Context, dir, store string) (*orders.Table, error) {
	files := fsys.OS()
	inputs, err := source.Find(files, []string{dir}, 0)
	if err != nil {
		return nil, err
	}
	return orders.Read(ctx, files, inputs, orders.Options{Workers: workers, Store: store})
}

func read(dir, store string) error {
	orders, err := readOrders(context.Background(), dir, store)
	if err != nil {
		return err
	}
	defer orders.Close()
	return show(struct {
		Lines int64 `json:"lines"`
		Files int   `json:"files_read"`
	}{orders.RowsRead, orders.Store.Read})
}

// build reads orders and builds snapshots partition by partition, as the
// nightly batch does: tonight's holds all customers, the closed ones those who
// had lapsed for 90 days.
func build(dir string, asOf data.Day, closed int) error {
	ctx := context.Background()
	table, err := readOrders(ctx, dir, "")
	if err != nil {
		return err
	}
	defer table.Close()
	const horizonDays, spacingDays, lapsedAfterDays = 60, 30, 90
	snapshots := []features.Snapshot{{AsOf: asOf, Horizon: horizonDays}}
	for i := range closed {
		day := asOf - horizonDays - data.Day(spacingDays*i)
		snapshots = append(snapshots, features.Snapshot{AsOf: day, Horizon: horizonDays, LapsedAfter: lapsedAfterDays})
	}
	var rows atomic.Int64
	builders := sync.Pool{New: func() any { return newTables(snapshots, table.Names) }}
	_, err = table.Last(ctx, workers, func(_ int, h *orders.Histories) error {
		b := builders.Get().(*tables)
		defer builders.Put(b)
		for _, t := range b.tables {
			t.Reset()
		}
		if err := b.builder.BuildAll(h, snapshots, b.tables); err != nil {
			return err
		}
		for _, t := range b.tables {
			rows.Add(int64(t.Rows()))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return show(struct {
		Lines     int64 `json:"lines"`
		Snapshots int   `json:"snapshots"`
		Rows      int64 `json:"rows"`
	}{table.RowsRead, len(snapshots), rows.Load()})
}

// tables are the working memory of one worker.
type tables struct {
	builder features.Builder
	tables  []*features.Table
}

func newTables(snapshots []features.Snapshot, names *orders.Names) *tables {
	t := &tables{}
	for _, s := range snapshots {
		t.tables = append(t.tables, features.NewTable(s, names))
	}
	return t
}
