package shop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"winback/data"
)

// Options says which shop Generate makes.
type Options struct {
	Customers int    // 1 to MaxCustomers; each has at least one order
	Files     int    // files in date order, at most one per order; 0 means 8
	Seed      uint64 // the same seed gives the same bytes
	Whale     int    // orders that one customer holds, taken evenly from the repeat orders of all; 0 for none
	Workers   int    // files written at a time; 0 means one per processor; never changes the bytes

	// Progress is told, from several goroutines at once, how many orders were
	// written since its last call. Nil is allowed.
	Progress func(orders int)
}

// MaxCustomers is the largest shop that Generate makes.
const MaxCustomers = 100_000_000

// Counts says what was generated.
type Counts struct {
	Customers int
	Orders    int64
	Lines     int64
	WhaleID   string // customer id of the whale; empty without one
}

const defaultFiles = 8

// Generate writes an even shop of three years, 2023-07-01 to 2026-06-30, as
// files part-000.parquet and so on in date order, customers scattered over
// them: about 4.2 orders and 10.5 lines per customer, 3 % of the lines with
// negative quantity. It needs about 34 bytes of memory per customer and 100 MB
// for each worker.
//
// Create is never called twice at the same time, the files it returns are
// written at the same time. Errors name the option or the file; after an error
// the files written so far are incomplete.
func Generate(ctx context.Context, opts Options, create Create) (Counts, error) {
	opts, err := opts.checked()
	if err != nil {
		return Counts{}, err
	}
	book, err := newOrderBook(opts)
	if err != nil {
		return Counts{}, err
	}
	counts := Counts{Customers: opts.Customers, Orders: int64(len(book.keys))}
	if opts.Whale > 0 {
		counts.WhaleID = string(customerID(make([]byte, customerIDLength), book.whale))
	}
	counts.Lines, err = writeFiles(ctx, opts, book, create)
	return counts, err
}

func (o Options) checked() (Options, error) {
	if o.Customers < 1 || o.Customers > MaxCustomers {
		return o, fmt.Errorf("customers %d: want 1 to %d", o.Customers, MaxCustomers)
	}
	if o.Files == 0 {
		o.Files = defaultFiles
	}
	if o.Files < 1 || o.Files > 1000 {
		return o, fmt.Errorf("files %d: want 1 to 1000", o.Files)
	}
	if o.Whale < 0 {
		return o, fmt.Errorf("whale %d: want a number of orders, 0 for none", o.Whale)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o, nil
}

// writeFiles writes all files, opts.Workers at a time, and returns the number
// of lines in them.
func writeFiles(ctx context.Context, opts Options, book *orderBook, create Create) (int64, error) {
	var oneAtATime sync.Mutex
	lockedCreate := Create(func(name string) (io.WriteCloser, error) {
		oneAtATime.Lock()
		defer oneAtATime.Unlock()
		return create(name)
	})
	files := min(opts.Files, len(book.keys))
	assortment := newAssortment(opts.Seed)
	lines := make([]int64, files)
	errs := make([]error, files)
	inParallel(opts.Workers, files, func(i int) {
		from, to := len(book.keys)*i/files, len(book.keys)*(i+1)/files
		part := linePart{book: book, goods: assortment, seed: draws(mix(opts.Seed)), progress: opts.Progress}
		lines[i], errs[i] = part.write(ctx, fmt.Sprintf("part-%03d.parquet", i), from, to, lockedCreate)
	})
	total := int64(0)
	for _, n := range lines {
		total += n
	}
	return total, errors.Join(errs...)
}

// inParallel calls work for 0 to n-1 from the given number of goroutines.
func inParallel(workers, n int, work func(i int)) {
	next := make(chan int)
	var done sync.WaitGroup
	for range min(workers, n) {
		done.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	done.Wait()
}

// generatedFrom is the first day of a generated shop.
var generatedFrom = data.DayOf(time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC))
