package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"winback/jobs/console"
)

var damagedCopies = flag.Int("damaged-copies", 150, "damaged copies of an order file that are put through whole runs")

// noted is an order line with a column that nobody reads.
type noted struct {
	orderLine
	Note string `parquet:"note"`
}

// soundFile is an order file to be damaged.
type soundFile struct {
	content   []byte
	bodies    []span   // of the pages that are read
	columns   []string // that no order table can do without
	checksums bool     // of all pages
}

// summedOrders is a small order file of several row groups and pages, each page
// with a checksum, as parquet-go writes it.
func summedOrders(t *testing.T) *soundFile {
	t.Helper()
	var lines []noted
	for _, l := range plantedShop(70, 11) {
		lines = append(lines, noted{l, "left at the door"})
	}
	var file bytes.Buffer
	w := parquet.NewGenericWriter[noted](&file, parquet.MaxRowsPerRowGroup(150), parquet.PageBufferSize(400), parquet.Compression(&parquet.Snappy))
	for at := 0; at < len(lines); at += 50 {
		if _, err := w.Write(lines[at:min(at+50, len(lines))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &soundFile{file.Bytes(), pageBodies(t, file.Bytes()), []string{"customer_id", "ordered_at", "amount"}, true}
}

// bareOrders is an order file of another writer, whose pages have no checksums.
func bareOrders(t *testing.T) *soundFile {
	t.Helper()
	content, err := os.ReadFile("../data/orders/testdata/writers/pyarrow.parquet")
	if err != nil {
		t.Fatal(err)
	}
	return &soundFile{content, pageBodies(t, content), []string{"customer_id", "order_time", "amount"}, false}
}

// span is a stretch of a file.
type span struct{ from, to int }

// pageBodies returns where the pages of the columns that are read lie, their
// headers left out: what checksums cover.
func pageBodies(t *testing.T, file []byte) (bodies []span) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range f.Metadata().RowGroups {
		for _, chunk := range group.Columns {
			m := &chunk.MetaData
			if m.PathInSchema[0] == "note" {
				continue
			}
			at := m.DataPageOffset
			if m.DictionaryPageOffset > 0 {
				at = m.DictionaryPageOffset
			}
			for end := at + m.TotalCompressedSize; at < end; {
				rest := bytes.NewReader(file[at:end])
				var header format.PageHeader
				if err := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(rest)).Decode(&header); err != nil {
					t.Fatal(err)
				}
				at = end - int64(rest.Len())
				bodies = append(bodies, span{int(at), int(at) + int(header.CompressedPageSize)})
				at += int64(header.CompressedPageSize)
			}
		}
	}
	return bodies
}

// damage is one way to spoil a copy of an order file.
type damage struct {
	name  string
	spoil func(r *rand.Rand, file []byte, of *soundFile) []byte
	found certainty
	says  string // word of the error; "" for any
}

// certainty says which damage is never to pass.
type certainty uint8

const (
	mayPass     certainty = iota // it may make another valid file
	summed                       // a checksum covers it, where the file has them
	neverPasses                  // the file ends too early, or a column is not there
)

func somewhere(r *rand.Rand, bodies []span) int {
	b := bodies[r.IntN(len(bodies))]
	return b.from + r.IntN(b.to-b.from)
}

func footerAt(file []byte) int {
	n := len(file)
	return n - 8 - int(file[n-8]) - int(file[n-7])<<8 - int(file[n-6])<<16
}

func overwrite(r *rand.Rand, file []byte, from, to int) []byte {
	before := bytes.Clone(file)
	for i := from; i < min(to, len(file)); i++ {
		file[i] = byte(r.Uint32())
	}
	if bytes.Equal(before, file) {
		file[from] ^= 1
	}
	return file
}

func fileDamages() []damage {
	return []damage{
		{"flipped bit in a page", func(r *rand.Rand, file []byte, of *soundFile) []byte {
			file[somewhere(r, of.bodies)] ^= 1 << r.IntN(8)
			return file
		}, summed, ""},
		{"overwritten stretch of a page", func(r *rand.Rand, file []byte, of *soundFile) []byte {
			b := of.bodies[r.IntN(len(of.bodies))]
			from := b.from + r.IntN(b.to-b.from)
			return overwrite(r, file, from, min(from+1+r.IntN(80), b.to))
		}, summed, ""},
		{"cut end", func(r *rand.Rand, file []byte, _ *soundFile) []byte { return file[:r.IntN(len(file))] }, neverPasses, ""},
		{"cut by a byte", func(r *rand.Rand, file []byte, _ *soundFile) []byte { return file[:len(file)-1-r.IntN(12)] }, neverPasses, ""},
		{"renamed column", func(r *rand.Rand, file []byte, of *soundFile) []byte {
			name := []byte(of.columns[r.IntN(3)])
			at := footerAt(file)
			return append(file[:at:at], bytes.ReplaceAll(file[at:], name, append(bytes.Clone(name[:len(name)-1]), 'X'))...)
		}, neverPasses, "no column for"},
		{"column renamed in part", func(r *rand.Rand, file []byte, of *soundFile) []byte {
			name := []byte(of.columns[r.IntN(3)])
			at := footerAt(file)
			return append(file[:at:at], bytes.Replace(file[at:], name, append(bytes.Clone(name[:len(name)-1]), 'X'), 1+r.IntN(2))...)
		}, neverPasses, ""},
		{"missing column", func(r *rand.Rand, file []byte, of *soundFile) []byte {
			return withoutColumn(file, of.columns[r.IntN(3)])
		}, neverPasses, "no column for"},
		{"flipped bit in the footer", func(r *rand.Rand, file []byte, _ *soundFile) []byte {
			at := footerAt(file)
			file[at+r.IntN(len(file)-at)] ^= 1 << r.IntN(8)
			return file
		}, mayPass, ""},
		{"overwritten stretch of the footer", func(r *rand.Rand, file []byte, _ *soundFile) []byte {
			at := footerAt(file)
			from := at + r.IntN(len(file)-at)
			return overwrite(r, file, from, from+1+r.IntN(40))
		}, mayPass, ""},
		{"flipped bit anywhere", func(r *rand.Rand, file []byte, _ *soundFile) []byte {
			file[r.IntN(len(file))] ^= 1 << r.IntN(8)
			return file
		}, mayPass, ""},
		{"overwritten stretch anywhere", func(r *rand.Rand, file []byte, _ *soundFile) []byte {
			from := r.IntN(len(file))
			return overwrite(r, file, from, from+1+r.IntN(300))
		}, mayPass, ""},
		{"lost stretch", func(r *rand.Rand, file []byte, _ *soundFile) []byte {
			from := r.IntN(len(file))
			return append(file[:from:from], file[min(from+1+r.IntN(30), len(file)):]...)
		}, mayPass, ""},
	}
}

// withoutColumn writes the rows of a file again, without one of its columns.
func withoutColumn(file []byte, column string) []byte {
	rows := parquet.NewReader(bytes.NewReader(file))
	whole := rows.Schema()
	fewer := parquet.Group{}
	for _, f := range whole.Fields() {
		if f.Name() != column {
			fewer[f.Name()] = f
		}
	}
	schema := parquet.NewSchema("orders", fewer)
	var out bytes.Buffer
	w := parquet.NewWriter(&out, schema)
	in, names := make([]parquet.Row, 1), whole.Columns()
	for n := rows.NumRows(); n > 0; n-- {
		if _, err := rows.ReadRows(in); err != nil && !errors.Is(err, io.EOF) {
			panic(err)
		}
		row := make(parquet.Row, len(fewer))
		for _, v := range in[0] {
			if at, ok := schema.Lookup(names[v.Column()]...); ok {
				row[at.ColumnIndex] = v.Level(0, v.DefinitionLevel(), at.ColumnIndex)
			}
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// decodingBudget is the memory limit of the runs, and what a run over a damaged
// file may take beyond one over the sound file.
const decodingBudget = 64 << 20

// Damaged order files through the whole nightly run: never a panic, a hang or
// memory above the budget; a failure leaves the published run as it is and
// names the file; what a checksum covers, cut ends and missing or renamed
// columns never pass; and with a list of digests nothing passes.
func TestRun_DamagedOrderFilesLeaveThePublishedRunAlone(t *testing.T) {
	t.Run("pages with checksums", func(t *testing.T) { runDamaged(t, summedOrders(t), *damagedCopies*3/4) })
	t.Run("pages without", func(t *testing.T) { runDamaged(t, bareOrders(t), *damagedCopies/4) })
}

func runDamaged(t *testing.T, sound *soundFile, copies int) {
	folder, out := t.TempDir(), t.TempDir()
	path := filepath.Join(folder, "orders.parquet")
	put := func(content []byte) {
		if err := os.WriteFile(path, content, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	put(sound.content)
	s := quickly(out)
	s.MemoryBytes, s.Keep = decodingBudget, 2
	withDigests := s
	withDigests.DigestsFile = filepath.Join(t.TempDir(), "SHA256SUMS")
	if err := os.WriteFile(withDigests.DigestsFile, fmt.Appendf(nil, "%x  orders.parquet\n", sha256.Sum256(sound.content)), 0o640); err != nil {
		t.Fatal(err)
	}
	usual := allocated(func() { published(t, withDigests, folder) })
	want := contentOf(t, published(t, s, folder))

	var tally damageTally
	kinds := fileDamages()
	for k := range copies {
		r := rand.New(rand.NewPCG(uint64(k), 12))
		d := kinds[k%len(kinds)]
		file := d.spoil(r, bytes.Clone(sound.content), sound)
		if bytes.Equal(file, sound.content) {
			continue
		}
		name := fmt.Sprintf("copy %d, %s", k, d.name)
		put(file)
		before := currentOf(t, out)
		took, err := watchedRun(t, name, s, folder)
		if took > usual+decodingBudget {
			t.Errorf("%s: took %d MB, a sound file %d MB", name, took>>20, usual>>20)
		}
		mustFind := d.found == neverPasses || d.found == summed && sound.checksums
		switch code := Code(err); {
		case err == nil && mustFind:
			t.Errorf("%s: passed", name)
		case err == nil && differing(contentOf(t, currentOf(t, out)), want) == "":
			tally.same++
		case err == nil:
			tally.unseen = append(tally.unseen, d.name)
		case code == ExitInput && strings.Contains(err.Error(), path) && strings.Contains(err.Error(), d.says):
			tally.refused++
		case code == ExitGate && !mustFind:
			tally.gated++
		default:
			t.Errorf("%s: exit %d: %v; want exit %d, the file's name and %q", name, code, err, ExitInput, d.says)
		}
		if after := currentOf(t, out); err != nil && after != before {
			t.Errorf("%s: current moved from %s to %s", name, before, after)
		}
		if _, err := watchedRun(t, name, withDigests, folder); Code(err) != ExitInput || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: with a list of digests: %v, want an error that names the file", name, err)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d damaged copies: %d refused with the file's name, %d stopped by the quality gate, %d read as before; %d read as other orders without a digest %v; with digests all refused",
		copies, tally.refused, tally.gated, tally.same, len(tally.unseen), tally.kinds())
	put(sound.content)
	if got := differing(contentOf(t, published(t, s, folder)), want); got != "" {
		t.Errorf("the sound file afterwards gives other %s", got)
	}
}

// damageTally counts what became of the copies.
type damageTally struct {
	refused, gated, same int
	unseen               []string // kinds of damage of the copies read as other orders
}

func (d *damageTally) kinds() map[string]int {
	kinds := map[string]int{}
	for _, name := range d.unseen {
		kinds[name]++
	}
	return kinds
}

func currentOf(t *testing.T, out string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(filepath.Join(out, "current"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// watchedRun is a run that must end within seconds; it tells what memory it took.
func watchedRun(t *testing.T, name string, s RunSettings, source string) (took uint64, err error) {
	t.Helper()
	hang := time.AfterFunc(20*time.Second, func() { panic(name + ": hangs") }) // a sound run takes less than one on an idle machine
	defer hang.Stop()
	took = allocated(func() { err = Run(context.Background(), s, []string{source}, console.UI{}) })
	return took, err
}

// allocated is how much memory f asks for in all, given back or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
